#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""make_date_words.py > feeds/date_words_table.c: the words that dates are written with, from the lists below.

A word is folded as date_words.h's reader folds: lower case, canonical decomposition without marks (Hangul stays, and so
do the vowels that India's scripts and Thai write as marks), no dots inside. A word may be a month and a weekday ("mar": marzo, martes): both readings are kept, and the sentence
decides. Zones with a region come from the system's zone files: their last line is the rule of today.
"""
import os
import re
import sys
import unicodedata

# Months, January first; forms of one month separated by blanks. "_" stands for a blank inside a word.
MONTHS = """
en jan january|feb february febr|mar march|apr april apl|may|jun june|jul july|aug august|sep sept september|oct october|nov november novem|dec december decem
de jan januar jänner jaen|feb februar feber|mär märz mrz maerz|april|mai|juni|juli|august|september|okt oktober|november|dez dezember
fr janv janvier|févr février fév fevr|mars|avr avril|mai|juin|juil juillet|août aoû|septembre|octobre|novembre|déc décembre
es ene enero|febrero|marzo|abr abril|mayo|junio|julio|ago agosto|set setiembre septiembre|octubre|noviembre|dic diciembre
it gen gennaio|febbraio|marzo|aprile|mag maggio|giu giugno|lug luglio|agosto|settembre sett|ott ottobre|novembre|dicembre
pt janeiro|fev fevereiro|março|abril|maio|junho|julho|agosto|setembro|out outubro|novembro|dez dezembro
ca gener|febrer|març|abril|maig|juny|juliol|agost|setembre|octubre|novembre|desembre des
ro ian ianuarie|februarie|martie|aprilie|mai|iun iunie|iul iulie|august|septembrie|octombrie|noi noiembrie|decembrie
nl januari|februari|mrt maart|april|mei|juni|juli|augustus|september|okt oktober|november|december
sv januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december
da januar|februar|marts|april|maj|juni|juli|august|september|oktober|november|december
nb januar|februar|mars|april|mai|juni|juli|august|september|oktober|november|desember des
is janúar|febrúar|mars|apríl|maí|júní|júlí|ágúst ágú|september|október|nóvember|desember
fi tammi tammikuu tammikuuta|helmi helmikuu helmikuuta|maalis maaliskuu maaliskuuta|huhti huhtikuu huhtikuuta|touko toukokuu toukokuuta|kesä kesäkuu kesäkuuta|heinä heinäkuu heinäkuuta|elo elokuu elokuuta|syys syyskuu syyskuuta|loka lokakuu lokakuuta|marras marraskuu marraskuuta|joulu joulukuu joulukuuta
et jaanuar|veebr veebruar|märts|aprill|mai|juuni|juuli|august|september|okt oktoober|november|dets detsember
lv janvāris janv|februāris|marts|aprīlis|maijs|jūnijs jūn|jūlijs jūl|augusts|septembris|oktobris|novembris|decembris
lt sausio saus sausis|vasario vas vasaris|kovo kov kovas|balandžio bal balandis|gegužės geg gegužė|birželio birž birželis|liepos liep liepa|rugpjūčio rugp rugpjūtis|rugsėjo rugs rugsėjis|spalio spal spalis|lapkričio lapkr lapkritis|gruodžio gruod gruodis
pl sty stycznia styczeń|lut lutego luty|marca marzec|kwi kwietnia kwiecień|maja maj|cze czerwca czerwiec|lip lipca lipiec|sie sierpnia sierpień|wrz września wrzesień|paź października październik|lis listopada listopad|gru grudnia grudzień
cs led ledna leden|úno února únor|bře března březen|dub dubna duben|kvě května květen|čvn června červen|čvc července červenec|srp srpna srpen|zář září|říj října říjen|lis listopadu listopad|pro prosince prosinec
sk január januára|február februára|marec marca|apríl apríla|máj mája|jún júna|júl júla|august augusta|september septembra|október októbra|november novembra|december decembra
hu január|február febr|március márc|április ápr|május máj|június jún|július júl|augusztus|szeptember szept|október|november|december
hr sij siječnja siječanj|velj veljače veljača|ožu ožujka ožujak|tra travnja travanj|svi svibnja svibanj|lipnja lipanj|srpnja srpanj|kol kolovoza kolovoz|ruj rujna rujan|listopada|stu studenoga studenog studeni|prosinca prosinac
sr januar јан јануар|феб фебруар|мар март|апр април|maj мај|jun јун|jul јул|avg avgust авг август|sep септ септембар|okt окт октобар|nov нов новембар|dec дец децембар
ru янв января январь|фев февр февраля февраль|мар марта март|апр апреля апрель|мая май|июн июня июнь|июл июля июль|авг августа август|сен сент сентября сентябрь|окт октября октябрь|ноя нояб ноября ноябрь|дек декабря декабрь
uk січ січня січень|лют лютого лютий|бер березня березень|кві квіт квітня квітень|тра трав травня травень|чер черв червня червень|лип липня липень|сер серп серпня серпень|вер верес вересня вересень|жов жовт жовтня жовтень|лис листоп листопада листопад|гру груд грудня грудень
be студ студзеня|лют лютага|сак сакавіка|крас красавіка|мая травень|чэрв чэрвеня|ліп ліпеня|жнів жніўня|вер верасня|кастр кастрычніка|ліст лістапада|снеж снежня
bg яну януари|фев февруари|мар март|апр април|май|юни|юли|авг август|сеп септември|окт октомври|ное ноември|дек декември
el ιαν ιανουαρίου ιανουάριος|φεβ φεβρουαρίου φεβρουάριος|μαρ μαρτίου μάρτιος μάρ μάρτ|απρ απριλίου απρίλιος|μαι μαΐ μαϊ μαΐου μάιος μάϊ μάης|ιουν ιουνίου ιούνιος ιούν ιον|ιουλ ιουλίου ιούλιος ιούλ ιολ|αυγ αυγούστου αύγουστος αύγ|σεπ σεπτ σεπτεμβρίου σεπτέμβριος|οκτ οκτωβρίου οκτώβριος|νοε νοεμ νοεμβρίου νοέμβριος νοέ|δεκ δεκεμβρίου δεκέμβριος
tr oca ocak|şub şubat|mart|nis nisan|mayıs|haz haziran|tem temmuz|ağu ağustos|eyl eylül|eki ekim|kas kasım|ara aralık
az yanvar|fevral|mart|aprel|may|iyun|iyul|avqust|sentyabr|oktyabr|noyabr|dekabr
id januari|februari|maret|april|mei|juni|juli|agt agu agustus|september|oktober|nopember november|des desember
ms januari|februari|mac|april|mei|jun|julai|ogos ogo|september|oktober|november|disember dis
eu urtarrila|otsaila|martxoa|apirila|maiatza|ekaina|uztaila|abuztua|iraila|urria|azaroa|abendua
ar يناير كانون_الثاني جانفي|فبراير شباط فيفري|مارس آذار|أبريل إبريل نيسان أفريل|مايو أيار ماي|يونيو حزيران جوان يونيه|يوليو تموز جويلية يوليوز يوليه|أغسطس آب أوت غشت|سبتمبر أيلول شتنبر|أكتوبر تشرين_الأول|نوفمبر تشرين_الثاني نونبر|ديسمبر كانون_الأول دجنبر
fa ژانویه|فوریه|مارس|آوریل|مه|ژوئن|ژوئیه|اوت|سپتامبر|اکتبر|نوامبر|دسامبر
he ינואר בינואר ינו|פברואר בפברואר פבר|מרץ במרץ|אפריל באפריל אפר|מאי במאי|יוני ביוני|יולי ביולי|אוגוסט באוגוסט אוג|ספטמבר בספטמבר ספט|אוקטובר באוקטובר אוק|נובמבר בנובמבר נוב|דצמבר בדצמבר דצמ
hi जनवरी जन|फ़रवरी फरवरी फ़र फर|मार्च|अप्रैल|मई|जून|जुलाई जुल|अगस्त अग|सितंबर सितम्बर सित|अक्टूबर अक्तूबर अक्टू|नवंबर नवम्बर नव|दिसंबर दिसम्बर दिस
bn জানুয়ারি জানু|ফেব্রুয়ারি ফেব|মার্চ|এপ্রিল|মে|জুন|জুলাই|আগস্ট|সেপ্টেম্বর|অক্টোবর|নভেম্বর|ডিসেম্বর
vi tháng_một tháng_giêng|tháng_hai|tháng_ba|tháng_tư|tháng_năm|tháng_sáu|tháng_bảy|tháng_tám|tháng_chín|tháng_mười|tháng_mười_một|tháng_mười_hai tháng_chạp
ta ஜனவரி|பிப்ரவரி|மார்ச்|ஏப்ரல்|மே|ஜூன்|ஜூலை|ஆகஸ்ட்|செப்டம்பர்|அக்டோபர்|நவம்பர்|டிசம்பர்
ur جنوری|فروری|مارچ|اپریل|مئی|جون|جولائی|اگست|ستمبر|اکتوبر|نومبر|دسمبر
th มค มกราคม|กพ กุมภาพันธ์|มีค มีนาคม|เมย เมษายน|พค พฤษภาคม|มิย มิถุนายน|กค กรกฎาคม|สค สิงหาคม|กย กันยายน|ตค ตุลาคม|พย พฤศจิกายน|ธค ธันวาคม
zh 一月|二月|三月|四月|五月|六月|七月|八月|九月|十月|十一月|十二月
"""

# Weekdays, Sunday first. Their only use is to be passed over, and to choose between two orders of numbers.
WEEKDAYS = """
en sun sunday|mon monday|tue tues tuesday|wed weds wednesday|thu thur thurs thursday|fri friday|sat saturday
de so sonntag|mo montag|di dienstag|mi mittwoch|do donnerstag|fr freitag|sa samstag sonnabend
fr dim dimanche|lun lundi|mar mardi|mer mercredi|jeu jeudi|ven vendredi|sam samedi
es dom domingo|lun lunes|mar martes|mié miércoles mie|jue jueves|vie viernes|sáb sábado
it dom domenica|lun lunedì|mar martedì|mer mercoledì|gio giovedì|ven venerdì|sab sabato
pt domingo|seg segunda segunda-feira|ter terça terça-feira|qua quarta quarta-feira|qui quinta quinta-feira|sex sexta sexta-feira|sáb sábado
ca dg diumenge|dl dilluns|dt dimarts|dc dimecres|dj dijous|dv divendres|ds dissabte
ro dum duminică|lun luni|mar marți|mie miercuri|joi|vin vineri|sâm sâmbătă
nl zo zon zondag|ma maa maandag|di din dinsdag|wo woe woensdag|do don donderdag|vr vri vrijdag|za zat zaterdag
sv sön söndag|mån måndag|tis tisdag|ons onsdag|tor tors torsdag|fre fredag|lör lördag
da søn søndag|man mandag|tir tirs tirsdag|ons onsdag|tor torsdag|fre fredag|lør lørdag
is sun sunnudagur|mán mánudagur|þri þriðjudagur|mið miðvikudagur|fim fimmtudagur|fös föstudagur|lau laugardagur
fi su sunnuntai|ma maanantai|ti tiistai|ke keskiviikko|to torstai|pe perjantai|la lauantai
et pühapäev|esmaspäev|teisipäev|kolmapäev|neljapäev|reede|laupäev
lv svētdiena|pirmdiena|otrdiena|trešdiena|ceturtdiena|piektdiena|sestdiena
lt sekmadienis sk|pirmadienis pr|antradienis an|trečiadienis tr|ketvirtadienis kt|penktadienis pn|šeštadienis št
pl nie niedz niedziela nd|pon pn poniedziałek|wto wt wtorek|śro śr środa|czw cz czwartek|pią pt piątek|sob sobota
cs ne neděle|po pondělí|út úterý|st středa|čt čtvrtek|pá pátek|so sobota
sk nedeľa|pondelok|utorok|streda|štvrtok|piatok|sobota
hu vas vasárnap|hét hétfő|kedd|sze szerda|csüt csütörtök|pén péntek|szo szombat
hr ned nedjelja|pon ponedjeljak|uto utorak|sri srijeda|čet četvrtak|pet petak|sub subota
sr нед недеља|пон понедељак|уто уторак|сре среда|чет четвртак|пет петак|суб субота
ru вс воскресенье вск|пн понедельник пнд|вт вторник втр|ср среда срд|чт четверг чтв|пт пятница птн|сб суббота сбт
uk нд нед неділя|пн пон понеділок|вт вів вівторок|ср середа|чт четвер|пт птн пʼятниця пятниця|сб субота суб
be нд нядзеля|пн панядзелак|аўт аўторак|ср серада|чц чацвер|пт пятніца|сб субота
bg нд неделя|пн понеделник|вт вторник|ср сряда|чт четвъртък|пт петък|сб събота
el κυρ κυριακή|δευ δευτέρα δε|τρι τρίτη τρ|τετ τετάρτη τε|πεμ πέμπτη πε|παρ παρασκευή πα|σαβ σάββατο σα
tr paz pazar|pzt pazartesi|sal salı|çar çarşamba|per perşembe|cum cuma|cmt cumartesi
az bazar|bazar_ertəsi|çərşənbə_axşamı|çərşənbə|cümə_axşamı|cümə|şənbə
id min minggu ming|sen senin|sel selasa|rab rabu|kam kamis|jum jumat|sab sabtu
ms ahad ahd|isnin isn|selasa|rabu|khamis kha|jumaat|sabtu
vi chủ_nhật cn|hai|ba|tư|sáu|bảy|thứ_bảy
ar الأحد أحد|الإثنين الاثنين إثنين|الثلاثاء ثلاثاء|الأربعاء أربعاء|الخميس خميس|الجمعة جمعة|السبت سبت
fa یکشنبه|دوشنبه|سه‌شنبه|چهارشنبه|پنجشنبه|جمعه|شنبه
he ראשון א׳|שני ב׳|שלישי ג׳|רביעי ד׳|חמישי ה׳|שישי ו׳|שבת
hi रविवार रवि|सोमवार सोम|मंगलवार मंगल|बुधवार बुध|गुरुवार गुरु|शुक्रवार शुक्र|शनिवार शनि
bn রবিবার রবি|সোমবার সোম|মঙ্গলবার মঙ্গল|বুধবার বুধ|বৃহস্পতিবার বৃহ|শুক্রবার শুক্র|শনিবার শনি
th อาทิตย์ อา|จันทร์ จ|อังคาร อ|พุธ พ|พฤหัสบดี พฤ|ศุกร์ ศ|เสาร์ ส
zh 星期日 星期天 周日 週日 礼拜天|星期一 周一 週一|星期二 周二 週二|星期三 周三 週三|星期四 周四 週四|星期五 周五 週五|星期六 周六 週六
ja 日曜日 日曜|月曜日 月曜|火曜日 火曜 火|水曜日 水曜 水|木曜日 木曜 木|金曜日 金曜 金|土曜日 土曜 土
ko 일요일 일요|월요일 월요|화요일 화요 화|수요일 수요 수|목요일 목요 목|금요일 금요 금|토요일 토요 토
"""

AM = "am πμ προ_μεσημβρίας vorm vormittags sa ص صباحا ق_ظ 上午 午前 오전 早上 凌晨 पूर्वाह्न öö de_la_mañana manhã утра ранку delop dop dopoledne fm"
PM = "pm μμ μετά_μεσημβρίας nachm nachmittags ch م مساء ب_ظ 下午 午後 오후 晚上 अपराह्न ös de_la_tarde tarde noche вечера вечора odpoledne odp du em"
NOON = "noon midday 中午 정오"
YEAR_MARK = "年 년 ปี"
MONTH_MARK = "月 월 月份"
DAY_MARK = "日 일 号 號"
HOUR_MARK = "h hr hrs uhr 時 时 點 点 시 点钟 giờ heures horas ore timme ч час часов годин"
MINUTE_MARK = "min mins 分 분 phút м мин минут хв"
SECOND_MARK = "sec s 秒 초 giây сек с"
MONTH_NEXT = "tháng thg"  # "16 tháng 11": the number after it is the month
BUDDHIST = "พศ ปีพศ"
PASSED = """at on of the st nd rd th er re ère ème eme um am_um den der dem à a le du de del de_la la el las los do da das em às as os o i il alle ore
in kl klo kello kella kl den d den_ te om op uur u saat godz godzina v ve hod o_godz r rok roku года год г р рік року в о об у от на през ч
στις του της ώρα και di delle dia día dias vào lúc ngày năm thứ pada pukul pkl tanggal tgl jam hari ค.ศ. คศ วัน ที่ เวลา น เมื่อ
في عند الساعة عام سنة م_الساعة يوم من و ساعت روز سال בשעה יום ב שעה को बजे दिनांक তারিখ hrs est_le publié published posted updated date e y och og ja és et und and
a_las kella kl. ad ce ad. bc evening ora ore. orele óra órakor szerint o'clock klockan aar jahr as_of since year month day from
m t ugen aprox circa feira gada gads"""

# Zones by name, minutes east of Greenwich. Where a name has two meanings, the one that feeds mean.
ZONES = """
ut utc gmt z wet zulu uct gmt0 utc0 greenwich univ universal 0|bst ist_dublin west cet met mez wat 60|cest mest mesz cat sast eet oez israel 120|eest oesz msk ast_arabia eat trt fet мск 180
msd gst azt samt get amt_armenia 240|irst 210|irdt 270|aft 270|pkt yekt uzt mvt tmt 300|ist slst 330|npt 345|almt omst bdt bst_bangladesh 360|mmt 390|ict wib krat novt hovt 420
hkt sgt awst wita myt pht irkt ulat cst_china 480|jst kst wit yakt tlt 540|acst 570|acdt 630|aest vlat chst pgt 600|aedt sbt magt 660|nzst fjt pett 720|nzdt 780
azot -60|gst_south fnt brst -120|brt art uyt adt clst gft pyst srt -180|nst newfoundland -210|ndt -150|ast edt vet bot clt gyt pyt cidst -240|est cdt pet cot ect act_brazil -300
cst mdt easst galt -360|mst pdt -420|pst akdt -480|akst hdt -540|hst hast cooks -600|sst -660|bit -720
"""
# Short names that mean both halves of the year go by their place.
GENERIC = {"et": "America/New_York", "ct": "America/Chicago", "mt": "America/Denver", "pt": "America/Los_Angeles",
           "eastern": "America/New_York", "central": "America/Chicago", "mountain": "America/Denver",
           "pacific": "America/Los_Angeles", "met_dst": "Europe/Berlin"}


THAI_TONES = "\u0e48\u0e49\u0e4a\u0e4b\u0e4c"


def fold(word):
    """Returns a word as the reader compares it."""
    out = []
    for char in word.lower().replace("_", " "):
        if 0xAC00 <= ord(char) <= 0xD7A3:
            out.append(char)
            continue
        for part in unicodedata.normalize("NFD", char):
            is_vowel = 0x0900 <= ord(part) <= 0x0EFF and part not in THAI_TONES  # of India's scripts and Thai
            if (is_vowel or unicodedata.category(part) != "Mn") and part not in ".'’ʼ\u200c":
                out.append(part.replace("ς", "σ").replace("ı", "i"))
    return "".join(out).strip()


def listed(table):
    """Yields (word, index) of a table of months or weekdays."""
    for line in table.strip().splitlines():
        for index, forms in enumerate(line.split(" ", 1)[1].split("|")):
            for form in forms.split():
                yield form, index


def all_words():
    """Returns {folded word: {kind: value}}."""
    words = {}

    def add(word, kind, value):
        words.setdefault(fold(word), {}).setdefault(kind, value)

    for word, index in listed(MONTHS):
        add(word, "MONTH", index + 1)
    for word, index in listed(WEEKDAYS):
        add(word, "WEEKDAY", index)
    for kind, text in (("HALF", AM), ("HALF", PM), ("NOON", NOON), ("YEAR_MARK", YEAR_MARK), ("MONTH_MARK", MONTH_MARK),
                       ("DAY_MARK", DAY_MARK), ("HOUR_MARK", HOUR_MARK), ("MINUTE_MARK", MINUTE_MARK),
                       ("SECOND_MARK", SECOND_MARK), ("MONTH_NEXT", MONTH_NEXT), ("BUDDHIST", BUDDHIST),
                       ("PASSED", PASSED)):
        for word in text.split():
            add(word, kind, 12 if text is PM else 0)
    for group in re.split(r"[|\n]", ZONES.strip()):
        *names, minutes = group.split()
        for name in names:
            if "_" not in name:
                add(name, "ZONE", int(minutes))
    return words


def regions(root="/usr/share/zoneinfo"):
    """Yields (name in lower case, POSIX rule) of the system's zones with a slash, and of those with a plain name."""
    for here, dirs, names in os.walk(root):
        dirs[:] = [d for d in dirs if d not in ("posix", "right", "SystemV")]
        for name in names:
            path = os.path.join(here, name)
            with open(path, "rb") as file:
                data = file.read()
            if data[:4] != b"TZif":
                continue
            zone = os.path.relpath(path, root)
            rule = data.rsplit(b"\n", 2)[-2].decode()
            if "/" in zone or len(zone) > 4:
                yield zone.lower(), rule


def c_text(text):
    """Returns a C string literal, bytes over ASCII as octal escapes."""
    return '"' + "".join(chr(b) if 32 <= b < 127 and b not in b'"\\?' else "\\%03o" % b for b in text.encode()) + '"'


def main():
    words = all_words()
    print("// SPDX-License-Identifier: MIT -- generated by tests/tools/make_date_words.py, do not edit")
    print('#include "feeds/date_words.h"\n')
    print("const struct date_word date_words[] = {")
    rows = []
    for word in sorted(words, key=lambda w: w.encode()):
        kinds = words[word]
        for kind in kinds:
            rows.append("    {STR(%s), WORD_%s, %d}," % (c_text(word), kind, kinds[kind]))
    print("\n".join(rows))
    print("};\nconst size_t n_date_words = sizeof date_words / sizeof *date_words;\n")
    zones = dict(regions())
    for name, place in GENERIC.items():
        if "_" not in name:
            zones[name] = zones[place.lower()]
    print("const struct date_region date_regions[] = {")
    for name in sorted(zones, key=lambda z: z.encode()):
        print("    {STR(%s), %s}," % (c_text(name), c_text(zones[name])))
    print("};\nconst size_t n_date_regions = sizeof date_regions / sizeof *date_regions;")
    both = [w for w, k in words.items() if len(k) > 1]
    print("%d words, %d with two readings: %s; %d regions" % (len(words), len(both), " ".join(sorted(both)), len(zones)),
          file=sys.stderr)


if __name__ == "__main__":
    main()
