// SPDX-License-Identifier: MIT
//
// Labels of encodings, as feeds and servers write them. The groups are the WHATWG encoding standard's, with the
// spellings that it leaves out and feeds have.
#include "feeds/charset.h"

#include <string.h>

// Each line is iconv's name of an encoding and then its labels, parted by blanks.
static const char *const groups[] = {
    "utf-8 utf-8 utf8 utf_8 unicode-1-1-utf-8 unicode11utf8 unicode20utf8 x-unicode20utf8 utf-8-sig "
    "utf-8n utf8mb4 utf-8mb4 ",
    "cp866 866 cp866 csibm866 ibm866 dos-866 cp-866 ",
    "iso-8859-2 csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 l2 latin2 "
    "latin-2 ",
    "iso-8859-3 csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 l3 latin3 "
    "latin-3 ",
    "iso-8859-4 csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 l4 latin4 "
    "latin-4 ",
    "iso-8859-5 csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 iso88595 iso_8859-5 "
    "iso_8859-5:1988 ",
    "iso-8859-6 arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6 iso-8859-6-e "
    "iso-8859-6-i iso-ir-127 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987 ",
    "iso-8859-7 csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 iso8859-7 iso88597 "
    "iso_8859-7 iso_8859-7:1987 sun_eu_greek ",
    "iso-8859-8 csiso88598e csiso88598i csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e iso-8859-8-i "
    "iso-ir-138 iso8859-8 iso88598 iso_8859-8 iso_8859-8:1988 visual logical ",
    "iso-8859-10 csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 latin6 latin-6 ",
    "iso-8859-13 iso-8859-13 iso8859-13 iso885913 ",
    "iso-8859-14 iso-8859-14 iso8859-14 iso885914 ",
    "iso-8859-15 csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9 latin9 latin-9 latin0 ",
    "iso-8859-16 iso-8859-16 iso8859-16 iso885916 ",
    "koi8-r cskoi8r koi koi8 koi8-r koi8_r koi8r ",
    "koi8-u koi8-ru koi8-u koi8u ",
    "macintosh csmacintosh mac macintosh x-mac-roman mac-roman macroman ",
    "mac-cyrillic x-mac-cyrillic x-mac-ukrainian mac-cyrillic maccyrillic ",
    "cp874 dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 tis620 windows-874 cp874 ",
    "windows-1250 cp1250 windows-1250 windows1250 win-1250 win1250 1250 ",
    "windows-1251 cp1251 windows-1251 windows1251 win-1251 win1251 1251 cp-1251 windows-cp1251 ",
    "windows-1252 ansi ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 csascii ibm819 iso-8859-1 iso-ir-100 "
    "iso8859-1 iso88591 iso_8859-1 iso_8859-1:1987 iso-8859-1:1987 8859-1 8859_1 l1 latin1 latin-1 latin "
    "us-ascii usascii iso646-us windows-1252 windows1252 win-1252 1252 windows-latin1 ",
    "windows-1253 cp1253 windows-1253 windows1253 win-1253 1253 ",
    "windows-1254 cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 iso_8859-9:1989 "
    "l5 latin5 latin-5 windows-1254 windows1254 win-1254 1254 ",
    "windows-1255 cp1255 windows-1255 windows1255 win-1255 1255 ",
    "windows-1256 cp1256 windows-1256 windows1256 win-1256 1256 ",
    "windows-1257 cp1257 windows-1257 windows1257 win-1257 1257 ",
    "windows-1258 cp1258 windows-1258 windows1258 win-1258 1258 ",
    "gb18030 chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gb-2312 gb2312-80 gbk gb18030 "
    "gb-18030 iso-ir-58 x-gbk cn-gb euc-cn euccn cp936 ms936 windows-936 936 ",
    "big5-hkscs big5 big5-hkscs big5hkscs big-5 cn-big5 csbig5 x-x-big5 big5-eten cp950 ms950 windows-950 "
    "950 ",
    "euc-jp cseucpkdfmtjapanese euc-jp eucjp euc_jp x-euc-jp x-euc ujis ",
    "iso-2022-jp csiso2022jp iso-2022-jp iso2022jp iso2022-jp ",
    "cp932 csshiftjis ms932 ms_kanji shift-jis shift_jis shiftjis sjis windows-31j windows-932 cp932 932 "
    "x-sjis x-ms-cp932 ",
    "cp949 cseuckr csksc56011987 euc-kr euckr euc_kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 "
    "ks_c_5601 ksc5601 ksc_5601 ks-c-5601 windows-949 cp949 ms949 949 uhc ",
};

static const char *find(const char *label, char *out, size_t room)
{
    size_t n = strlen(label);
    for (size_t i = 0; n > 0 && i < sizeof groups / sizeof groups[0]; i++) {
        size_t name = strcspn(groups[i], " ");
        for (const char *at = groups[i] + name; (at = strstr(at, label)); at++) {
            if (at[-1] == ' ' && at[n] == ' ' && name < room) {
                memcpy(out, groups[i], name);
                out[name] = '\0';
                return out;
            }
        }
    }
    return NULL;
}

const char *charset_meant(const char *label, char *out, size_t room)
{
    const char *found = find(label, out, room);
    if (!found && strncmp(label, "x-", 2) == 0) // x-windows-949, x-cp1251
        found = find(label + 2, out, room);
    return found ? found : label;
}
