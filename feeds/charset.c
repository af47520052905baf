// SPDX-License-Identifier: MIT
//
// Labels of encodings, as feeds and servers write them. The groups are the WHATWG encoding standard's, with the
// spellings that it leaves out and feeds have.
#include "feeds/charset.h"

#include <string.h>

enum { SQUEEZED_MAX = 40 };

// Each line is iconv's name of an encoding and then its labels without hyphens and their like, parted by blanks.
static const char *const groups[] = {
    "utf-8 utf8 unicode11utf8 unicode20utf8 xunicode20utf8 utf8sig utf8n utf8mb4 ",
    "cp866 cp866 866 csibm866 ibm866 dos866 ",
    "iso-8859-2 iso88592 csisolatin2 isoir101 iso885921987 l2 latin2 ",
    "iso-8859-3 iso88593 csisolatin3 isoir109 iso885931988 l3 latin3 ",
    "iso-8859-4 iso88594 csisolatin4 isoir110 iso885941988 l4 latin4 ",
    "iso-8859-5 iso88595 csisolatincyrillic cyrillic isoir144 iso885951988 ",
    "iso-8859-6 iso88596 arabic asmo708 csiso88596e csiso88596i csisolatinarabic ecma114 iso88596e iso88596i ",
    "iso-8859-6 isoir127 iso885961987 ",
    "iso-8859-7 iso88597 csisolatingreek ecma118 elot928 greek greek8 isoir126 iso885971987 suneugreek ",
    "iso-8859-8 iso88598 csiso88598e csiso88598i csisolatinhebrew hebrew iso88598e iso88598i isoir138 ",
    "iso-8859-8 iso885981988 visual logical ",
    "iso-8859-10 iso885910 csisolatin6 isoir157 l6 latin6 ",
    "iso-8859-13 iso885913 ",
    "iso-8859-14 iso885914 ",
    "iso-8859-15 iso885915 csisolatin9 l9 latin9 latin0 ",
    "iso-8859-16 iso885916 ",
    "koi8-r koi8r cskoi8r koi koi8 ",
    "koi8-u koi8u koi8ru ",
    "macintosh macintosh csmacintosh mac xmacroman macroman ",
    "mac-cyrillic maccyrillic xmaccyrillic xmacukrainian ",
    "cp874 cp874 dos874 iso885911 tis620 windows874 ",
    "windows-1250 windows1250 cp1250 win1250 1250 ",
    "windows-1251 windows1251 cp1251 win1251 1251 windowscp1251 ",
    "windows-1252 windows1252 ansi ansix341968 ascii cp1252 cp819 csisolatin1 csascii ibm819 iso88591 isoir100 ",
    "windows-1252 iso885911987 88591 l1 latin1 latin usascii iso646us win1252 1252 windowslatin1 ",
    "windows-1253 windows1253 cp1253 win1253 1253 ",
    "windows-1254 windows1254 cp1254 csisolatin5 iso88599 isoir148 iso885991989 l5 latin5 win1254 1254 ",
    "windows-1255 windows1255 cp1255 win1255 1255 ",
    "windows-1256 windows1256 cp1256 win1256 1256 ",
    "windows-1257 windows1257 cp1257 win1257 1257 ",
    "windows-1258 windows1258 cp1258 win1258 1258 ",
    "gb18030 gb18030 chinese csgb2312 csiso58gb231280 gb2312 gb231280 gbk isoir58 xgbk cngb euccn cp936 ms936 ",
    "gb18030 windows936 936 ",
    "big5-hkscs big5hkscs big5 cnbig5 csbig5 xxbig5 big5eten cp950 ms950 windows950 950 ",
    "euc-jp eucjp cseucpkdfmtjapanese xeucjp xeuc ujis ",
    "iso-2022-jp iso2022jp csiso2022jp ",
    "iso-2022-jp-2 iso2022jp2 iso2022jp1 iso2022jpext ",
    "iso-2022-jp-3 iso2022jp3 iso2022jp2004 ",
    "iso-2022-kr iso2022kr csiso2022kr ",
    "cp932 cp932 csshiftjis ms932 mskanji shiftjis sjis windows31j windows932 932 xsjis xmscp932 ",
    "cp949 cp949 cseuckr csksc56011987 euckr isoir149 korean ksc56011987 ksc56011989 ksc5601 windows949 ms949 ",
    "cp949 949 uhc ",
    "euc-jisx0213 eucjisx0213 eucjis2004 ",
    "shift_jisx0213 shiftjisx0213 shiftjis2004 ",
    "rk1048 rk1048 kz1048 strk10482002 ",
    "pt154 pt154 ptcp154 cp154 cyrillicasian ",
    "hp-roman8 hproman8 roman8 r8 ",
    "mac-is macis maciceland ",
    "mac-centraleurope maccentraleurope maclatin2 maccenteuro ",
    "johab johab cp1361 ",
    "cp437 cp437 ibm437 437 ",
    "cp850 cp850 ibm850 850 ",
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

// Labels differ in signs between their parts: iso-8859-2, iso8859_2, iso88592.
static void squeeze(const char *label, char *out, size_t room)
{
    size_t n = 0;
    for (; *label && n + 1 < room; label++) {
        if (!strchr("-_.:", *label))
            out[n++] = *label;
    }
    out[n] = '\0';
}

const char *charset_meant(const char *label, char *out, size_t room)
{
    char bare[SQUEEZED_MAX];
    squeeze(label, bare, sizeof bare);
    const char *found = find(bare, out, room);
    if (!found && strncmp(label, "x-", 2) == 0) // x-windows-949, x-cp1251
        found = find(bare + 1, out, room);
    return found ? found : label;
}
