// SPDX-License-Identifier: MIT
//
// Words and numbers whose dot ends no sentence. See text.h. Single letters (initials, z.B., U.S.) need no table. Words
// that end sentences as often as not (no, am, art, sun, sat) are left out: a missed phrase over "No. 5" costs less than
// a phrase over a full stop.
#include "rules/text.h"

// By their first letter, in a row: an article asks at each full stop.
static const char *const latin[26] = {
    ['a' - 'a'] = " abb abs approx apr aug ave ",
    ['b' - 'a'] = " bd bgen bld blvd bp brig bspw bzgl bzw ",
    ['c' - 'a'] = " ca capt cf cie cmdr co col corp cpl ct ",
    ['d' - 'a'] = " dec dept dgl dipl doc dr dra ",
    ['e' - 'a'] = " ed eds ent esp esq est etc evtl excl ",
    ['f' - 'a'] = " feb fig figs fr ft ",
    ['g' - 'a'] = " gen ggf gob gov ",
    ['h' - 'a'] = " hon hr hrs hrsg ",
    ['i' - 'a'] = " inc incl ing inkl insp ",
    ['j' - 'a'] = " jan jr jul jun ",
    ['l' - 'a'] = " lic lt ltd ",
    ['m' - 'a'] = " maj max med mgr mio mlle mln mme mr mrd mrs ms msgr mt mte ",
    ['n' - 'a'] = " nov np nr num ",
    ['o' - 'a'] = " oct okt op ",
    ['p' - 'a'] = " pag par pfc pl pol pp pres prof prov pt pvt ",
    ['r' - 'a'] = " rep resp rev ",
    ['s' - 'a'] = " sec sen sep sept sgt sig sogn spp sr sra srta st ste str supt ",
    ['t' - 'a'] = " tel tys tzn tzw ",
    ['u' - 'a'] = " ul univ usw ",
    ['v' - 'a'] = " vb vgl vol vs ",
    ['z' - 'a'] = " zb zzgl ",
};
static const char cyrillic[] =
    " акад бул вул гл гр грн доц др им кв ком куб мин млн млрд напр обл пл пос пр просп проф рис род рр руб св "
    "см стор стр тел тис трлн тыс ул хв чел ім ";

// Whether the word stands in a row of words, each between blanks.
static bool is_in(struct str word, const char *row)
{
    while (row && row[1]) {
        const char *end = row + 1;
        while (*end != ' ')
            end++;
        if ((size_t)(end - row - 1) == word.n && memcmp(row + 1, word.p, word.n) == 0)
            return true;
        row = end;
    }
    return false;
}

bool text_is_abbreviation(struct str folded)
{
    if (folded.n < 2 || folded.n > 10)
        return false;
    unsigned char first = (unsigned char)folded.p[0];
    if (first >= 'a' && first <= 'z')
        return folded.n <= 6 && is_in(folded, latin[first - 'a']);
    return (first == 0xD0 || first == 0xD1) && is_in(folded, cyrillic);
}

bool text_has_ordinals(struct str lang)
{
    static const char languages[] = " bs cs da de dsb et eu fi fo gsw hr hsb hu is lb lv nb nn no pl sk sl sr tr ";
    lang = str_trim(lang);
    size_t n = 0;
    while (n < lang.n && char_is_alpha(lang.p[n]))
        n++;
    char primary[3];
    for (size_t i = 0; i < n && i < sizeof primary; i++)
        primary[i] = char_lower(lang.p[i]);
    return n >= 2 && n <= sizeof primary && is_in(str_make(primary, n), languages);
}
