// SPDX-License-Identifier: MIT
#include "tests/demo/articles.h"

const struct masthead papers[PAPERS] = {
    {"127.0.1.1", "Ledger World", "RSS 2.0", PRESS_RSS, NULL},
    {"127.0.1.2", "Marl Valley Wire", "Atom, from a slow server", PRESS_ATOM, NULL},
    {"127.0.1.3", "Вісті долини", "RDF in windows-1251", PRESS_RDF, "windows-1251"},
    {"127.0.1.4", "Harbour Bulletin", "JSON Feed; its server fails at first", PRESS_JSON, NULL},
};

const char demo_rules[] =
    "set truce  ceasefire OR cease-fire OR truce OR armistice OR перемир*\n"
    "\n"
    "rule ceasefire-talks {\n"
    "    title     \"Ceasefire talks\"\n"
    "    when      @truce NEAR/12 (talks OR agree* OR broker* OR refus* OR\n"
    "                              sign* OR envoy* OR переговор* OR угод*)\n"
    "    unless    \"video game\" OR multiplayer OR esports\n"
    "    severity  warning\n"
    "    notify    desk\n"
    "    test match   \"Cease-fire holds as envoys agree terms\"\n"
    "    test reject  \"Video game players agree a truce\"\n"
    "}\n"
    "\n"
    "rule buffer-zone {\n"
    "    title     \"Buffer zone\"\n"
    "    when      \"buffer zone\" OR \"buffer zones\" OR (буферн* NEAR/2 зон*)\n"
    "    unless    wetland* OR heron* OR creek\n"
    "    severity  notice\n"
    "    notify    desk\n"
    "    test match   \"Observers enter the buffer zone\"\n"
    "    test reject  \"A buffer zone for the wetlands\"\n"
    "}\n";

// Spaces in `html` that look like any other may be U+00A0: that is the point of those articles.
const struct article articles[] = {
    // Ledger World
    {0, ACT_BASELINE, "lw-100", "Ferry timetable changes for the winter",
     "<p>Two crossings a day fall away.</p>", NULL, NULL},
    {0, ACT_BASELINE, "lw-101", "Envoys arrive for ceasefire talks",
     "<p>Two delegations reached the lake resort on Sunday.</p>", "ceasefire-talks", NULL},
    {0, ACT_BASELINE, "lw-102", "Grain prices fall for a third week",
     "<p>Traders point to a mild autumn.</p>", NULL, NULL},
    {0, ACT_BASELINE, "lw-103", "Marl valley schools reopen", "<p>Buses run again from Monday.</p>", NULL, NULL},
    {0, ACT_NEWS, "lw-200", "Cease fire agreed in the Marl valley",
     "<p>Guns fell silent at noon, both sides said.</p>", "ceasefire-talks", "two words, upper case"},
    {0, ACT_NEWS, "lw-201", "Observers to patrol a “buffer zone,” council says",
     "<p>The strip is four kilometres wide.</p>", "buffer-zone", "curly quotes and a comma"},
    {0, ACT_NEWS, "lw-202", "Guilds agree a truce in the autumn’s biggest video game",
     "<p>No raids until the next season.</p>", NULL, "a look-alike: a video game"},
    {0, ACT_CRASH, "lw-300", "Both delegations sign the armistice",
     "<p>The text runs to nine pages.</p>", "ceasefire-talks", NULL},
    {0, ACT_CRASH, "lw-301", "First families cross the buffer zone",
     "<p>A bus carried thirty people home.</p>", "buffer-zone", NULL},

    // Marl Valley Wire
    {1, ACT_BASELINE, "tag:wire,2026:1", "Bridge at Lower Marl closed to lorries",
     "<p>Inspectors found cracks.</p>", NULL, NULL},
    {1, ACT_BASELINE, "tag:wire,2026:2", "Army widens the buffer zone",
     "<p>Two villages are inside it now.</p>", "buffer-zone", NULL},
    {1, ACT_BASELINE, "tag:wire,2026:3", "Rain eases after four days", "<p>The river is falling.</p>", NULL, NULL},
    {1, ACT_NEWS, "tag:wire,2026:10", "Night passes without shelling",
     "<p>Officials say the <b>cease</b>fire holds while envoys wait for a reply.</p>", "ceasefire-talks",
     "a tag inside the word"},
    {1, ACT_NEWS, "tag:wire,2026:11", "Who may enter the strip, and when",
     "<p>Farmers with permits may work in the buffer&nbsp;zone until dusk.</p>", "buffer-zone", "&nbsp; between the words"},
    {1, ACT_NEWS, "tag:wire,2026:12", "Herons return to Lower Marl",
     "<p>A planted buffer zone keeps fertiliser out of the wetlands.</p>", NULL, "a look-alike: wetlands"},
    {1, ACT_CRASH, "tag:wire,2026:20", "Truce monitors sign in at Upper Marl",
     "<p>Forty of them will stay the winter.</p>", "ceasefire-talks", NULL},
    {1, ACT_CRASH, "tag:wire,2026:21", "Mines cleared from a third of the buffer zone",
     "<p>The rest will take until spring.</p>", "buffer-zone", NULL},

    // Вісті долини: windows-1251
    {2, ACT_BASELINE, "vd-1", "У долині почали ремонт мосту", "<p>Роботи триватимуть до весни.</p>", NULL, NULL},
    {2, ACT_BASELINE, "vd-2", "Переговори про перемир’я тривають", "<p>Зустріч триває третій день.</p>",
     "ceasefire-talks", NULL},
    {2, ACT_NEWS, "vd-10", "Сторони підписали угоду про перемир’я",
     "<p>Документ набирає чинності опівночі.</p>", "ceasefire-talks", "Ukrainian, in windows-1251"},
    {2, ACT_NEWS, "vd-11", "Спостерігачі зайшли до буферної зони",
     "<p>Вони перевірять дорогу до мосту.</p>", "buffer-zone", "an inflected form"},
    {2, ACT_NEWS, "vd-12", "Школи долини знову відчинено", "<p>Автобуси курсують за розкладом.</p>", NULL, NULL},
    {2, ACT_DEAD, "vd-20", "Буферна зона: перші родини вдома",
     "<p>Автобус привіз тридцять людей.</p>", "buffer-zone", NULL},

    // Harbour Bulletin
    {3, ACT_BASELINE, "https://harbour.example/1", "Harbour council meets",
     "<p>Dredging is on the agenda.</p>", NULL, NULL},
    {3, ACT_BASELINE, "https://harbour.example/2", "New lighthouse lamp lit",
     "<p>It is seen from thirty miles.</p>", NULL, NULL},
    {3, ACT_NEWS, "https://harbour.example/10", "Harbour offers ships for truce envoys",
     "<p>Two ferries stand ready for the talks.</p>", "ceasefire-talks", "the feed that failed first"},
    {3, ACT_NEWS, "https://harbour.example/11", "Creek gets a planted buffer zone",
     "<p>Volunteers set out four thousand reeds.</p>", NULL, "a look-alike: a creek"},
    {3, ACT_DEAD, "https://harbour.example/20", "Cease-fire brings the coal ships back as traders sign again",
     "<p>Three are due this week.</p>", "ceasefire-talks", NULL},
    {3, ACT_DEAD, "https://harbour.example/21", "Buffer zones at sea are lifted",
     "<p>Boats may fish up to the cape.</p>", "buffer-zone", NULL},
};

const size_t articles_n = sizeof articles / sizeof *articles;
