"""Plain signs in a text: danger now, abuse, emptiness, and what a message asks for. Patterns over lower-case text.

The signs of kind are columns of the kind model, which weighs them; the others decide by themselves.
"""

import re

_ABUSE = re.compile(
    r"\b(?:anj[iae]n[gk]+|bangs[a4]t|bajingan|k[o0]nt[o0]l|memek|ngentot\w*|janc[ou]k|dancok|goblo[kg]|tolol|bego|idiot|"
    r"asu|pantek|pukimak|kampret|brengsek|keparat|lonte|(?:babi|tai|setan|monyet) (?:lu|lo|kau))\b"
)
_LETTERS = re.compile(r"[a-z]{2,}")

_NOW = r"(?:sekarang|saat ini|detik ini|barusan|baru saja|baru aja|sedang|tengah|cepat|segera|darurat|tolong+)"
_FALL = r"(?:roboh|rubuh|ambruk|tumbang|runtuh|rungkad|ambrol|jebol|jatuh|putus)"
_DANGER = re.compile(
    "|".join(
        (
            rf"\b(?:hampir|hampr|nyaris|mau|akan|bakal|tinggal nunggu|siap|rek|arep|meh) ?{_FALL}\b",
            r"\bkorban jiwa\b",
            r"\b(?:menelan|memakan|makan|nelan|telan|menimbulkan|(?:sudah|udah|sampai) ada) korban\b",
            r"\bsebelum (?:ada|jatuh|timbul) korban\b",
            r"\bjurang\b",
            r"\b(?:perkelahian|baku hantam|berkelahi|pengeroyokan|dikeroyok|ngeroyok)\b",
            r"\b(?:ditusuk|ditikam|ditembak|dibacok|ditodong|disandera|diculik|penculikan)\b",
            r"\b(?:tenggelam|hanyut|terseret arus|terjebak|kejebak|tertimbun|kesetrum|tersetrum)\b",
            r"\b(?:tertimpa|ketimpa|nimpa|menimpa)\b",
            r"\b(?:tidak sadarkan diri|(?:tidak|tdk|gak|ga) sadar|pingsan|sekarat|sesak na[fp]as|kejang|pendarahan)\b",
            r"\b(?:bunuh diri|percobaan bunuh)\b",
            rf"\b(?:kebakaran|kobaran api|api (?:besar|membesar|menjalar|makin)|terbakar)\b.{{0,60}}\b{_NOW}",
            rf"\b{_NOW}\b.{{0,40}}\bkebakaran\b",
            r"\b(?:bau gas|gas bocor|tabung bocor)\b",
            r"\b(?:minta|butuh|perlu|tolong|kirim) (?:segera )?(?:di)?(?:evakuasi|ambulan(?:s|ce)?|damkar|pemadam)\b",
            r"\b(?:sedada|sepinggang|seleher|seatap)\b",
            r"\b(?:meng|ng)amuk\b.{0,40}\b(?:pisau|golok|parang|celurit|senjata|sajam|lempar)",
            r"\b(?:percikan? api|keluar api|mercik|nyetrum)\b",
        )
    )
)
"""Danger that does not wait. "Rawan", "membahayakan" and the like are left out: almost every complaint has them."""

KIND_SIGNS: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern)
    for pattern in (
        r"\?",
        r"\b(?:apakah|apa benar|apa bisa|bolehkah|bisakah|adakah)\b",
        r"\b(?:bagaimana|gimana|gmn|bgmn|kumaha|piye|pripun) (?:ya )?"
        r"(?:cara|caranya|prosedur|proses|syarat|alur|untuk|kalau|kalo|klo|jika|bila)",
        r"\b(?:caranya|syaratnya|persyaratan|prosedur|biayanya|jadwal|alurnya)\b",
        r"\b(?:mau|ingin|izin|ijin|numpang|mohon|mo|pengen|hendak) (?:ber|me|di)?(?:tanya|nanya)\w*",
        r"\b(?:mohon|minta|butuh|perlu|mau) (?:info|penjelasan|keterangan|pencerahan|arahan)\w*",
        r"\b(?:kapan|kpn|iraha|dimana|di mana|dmn|berapa|brp|siapa)\b",
        r"\b(?:usul|usulan|mengusulkan|usulkan|ngusul|usulin|saran|menyarankan|sarankan|saranin|masukan|ide|aspirasi)\b",
        r"\b(?:harapan|berharap|harapannya)\b",
        r"\b(?:alangkah|sebaiknya|lebih baik|ada baiknya|(?:bagaimana|gimana) kal(?:au|o)|andai|seandainya)\b",
        r"\bdi(?:adakan|buatkan|bangun|bangunkan|pasang|pasangkan|tambah|tambahkan|sediakan|perbanyak|perlebar|lebarkan|"
        r"berikan|adain|bikin|bikinin)\b",
        r"\b(?:buatkan|sediakan|adakan|tambahkan|pasangkan|tambahin|pasangin)\b",
        r"\b(?:kiranya|sekiranya|semoga|agar|supaya|biar)\b",
        r"\b(?:mengajukan|pengajuan|ajukan|permohonan)\b",
        r"\b(?:belum|blm|sampai sekarang|tidak|tdk|gak|ga|kagak|rusak|mati|kecewa|parah|meresahkan|mengganggu)\b",
        r"\b(?:setiap hari|tiap hari|sering|selalu|terus|sudah \w+ (?:hari|minggu|bulan|tahun))\b",
        r"\b(?:(?:me)?lapor\w*|aduan|mengadu\w*|keluhan|komplain|protes|mengeluh\w*)\b",
        r"\b(?:kenapa|mengapa|knp|knpa|kok|naha|kunaon|ngopo)\b",
        r"(?s)^(?!.*\b(?:kenapa|mengapa|knp|knpa|kok|naha)\b).*\?",
        r"\?\W*(?:(?:terima ?kasih|trims|makasih|mksh|tks|nuhun|suwun)\W*)?$",
        r"\b(?:mohon|minta|butuh|memohon) (?:\w+ )?(?:bantuan|fasilitas|program|pelatihan|kesempatan|dukungan)\b",
        r"\b(?:harusnya|seharusnya|percuma|padahal|masa|masak|malah)\b",
        r"\b(?:tolong|mohon|minta) (?:\w+ ){0,2}(?:diperbaiki|perbaikan|ditertibkan|ditindak|dicek|dibersihkan)\b",
        r"\b(?:terima kasih|makasih|nuhun|suwun|mantap|alhamdulillah|hebat|salut|apresiasi|bangga)\b",
    )
)
"""What the kind model sees beside words: asking, suggesting, complaining, thanking."""

HOTLINES: dict[str, tuple[str, ...]] = {
    "kabel-listrik": ("112", "123"),
    "ambulans-medis": ("119", "112"),
    "kekerasan-umum": ("110", "112"),
    "kdrt": ("110", "112"),
    "kekerasan-anak": ("110", "112"),
    "pelecehan": ("110", "112"),
    "tawuran-balap": ("110", "112"),
    "pencurian-begal": ("110", "112"),
    "tertib-lalu-lintas": ("110", "112"),
    "narkoba-judi": ("110",),
    "odgj": ("112", "110"),
}
"""Numbers a citizen reads first when an urgent message is about this topic; any other: 112 (sources: depok.md 3)."""

ALWAYS = frozenset({"kdrt", "kekerasan-umum", "kekerasan-anak", "pelecehan", "ambulans-medis", "pencurian-begal"})
"""Topics whose numbers are shown even where nothing says that it happens now: people write little when it does."""


def kind_signs(text: str) -> list[float]:
    """1.0 or 0.0 for each of KIND_SIGNS, for lower-case text."""
    return [1.0 if pattern.search(text) else 0.0 for pattern in KIND_SIGNS]


def is_abusive(text: str) -> bool:
    """Whether a lower-case text holds plain abuse; such a report is flagged for a person, never dropped."""
    return bool(_ABUSE.search(text))


def is_danger(text: str) -> bool:
    """Whether a lower-case text speaks of danger that does not wait."""
    return bool(_DANGER.search(text))


def hotlines(topic: str, by_rule: tuple[str, ...], urgent: bool) -> tuple[str, ...]:
    """Emergency numbers to show before anything else; none for what can wait."""
    numbers = HOTLINES.get(topic, ("112",)) if urgent or topic in ALWAYS else ()
    return tuple(dict.fromkeys([*by_rule, *numbers]))


def says_something(words: str) -> bool:
    """Whether at least one word of two letters was read."""
    return bool(_LETTERS.search(words.replace("angka", "").replace("tautan", "").replace("tandatanya", "")))
