// SPDX-License-Identifier: MIT
//
// Words whose dot ends no sentence. See text.h. Single letters (initials, z.B., U.S.) need no table. Words that end
// sentences as often as not (no, am, art, sun, sat) are left out: a missed phrase over "No. 5" costs less than a
// phrase over a full stop.
#include "rules/text.h"

static const char *const abbreviations[] = {
    "abb",   "abs",  "approx", "apr",  "aug",  "ave",  "bd",    "bgen", "bld",  "blvd", "bp",    "brig",  "bspw",
    "bzgl",  "bzw",  "ca",     "capt", "cf",   "cie",  "cmdr",  "co",   "col",  "corp", "cpl",   "ct",    "dec",
    "dept",  "dgl",  "dipl",   "doc",  "dr",   "dra",  "ed",    "eds",  "ent",  "esp",  "esq",   "est",   "etc",
    "evtl",  "excl", "feb",    "fig",  "figs", "fr",   "ft",    "gen",  "ggf",  "gob",  "gov",   "hon",   "hr",
    "hrsg",  "hrs",  "inc",    "incl", "ing",  "inkl", "insp",  "jan",  "jr",   "jul",  "jun",   "lic",   "lt",
    "ltd",   "maj",  "max",    "med",  "mgr",  "mio",  "mlle",  "mln",  "mme",  "mr",   "mrd",   "mrs",   "ms",
    "msgr",  "mt",   "mte",    "nov",  "np",   "nr",   "num",   "oct",  "okt",  "op",   "pag",   "par",   "pfc",
    "pl",    "pol",  "pp",     "pres", "prof", "prov", "pt",    "pvt",  "rep",  "resp", "rev",   "sec",   "sen",
    "sep",   "sept", "sgt",    "sig",  "sogn", "spp",  "sr",    "sra",  "srta", "st",   "ste",   "str",   "supt",
    "tel",   "tys",  "tzn",    "tzw",  "ul",   "usw",  "univ",  "vb",   "vgl",  "vol",  "vs",    "zb",    "zzgl",
    "акад",  "бул",  "вул",    "гл",   "гр",   "грн",  "доц",   "др",   "ім",   "им",   "кв",    "ком",   "куб",
    "мин",   "млн",  "млрд",   "напр", "обл",  "пл",   "пос",   "пр",   "проф", "просп", "рис",  "род",   "руб",
    "рр",    "св",   "см",     "стор", "стр",  "тел",  "тис",   "трлн", "тыс",  "ул",   "хв",    "чел",
};

bool text_is_abbreviation(struct str folded)
{
    if (folded.n < 2 || folded.n > 10)
        return false;
    for (size_t i = 0; i < sizeof abbreviations / sizeof *abbreviations; i++)
        if (abbreviations[i][0] == folded.p[0] && str_eq(folded, str_of(abbreviations[i])))
            return true;
    return false;
}
