"""Topics as people think of them, for subscriptions: a group and the classifier's topics in it. Imports nothing."""

GROUPS: dict[str, tuple[str, ...]] = {
    "jalan": (
        "jalan-rusak",
        "jalan-gang",
        "jalan-perumahan",
        "jembatan",
        "trotoar-rusak",
        "galian-proyek",
        "kabel-udara",
    ),
    "lampu": ("pju-mati", "pju-baru", "lampu-taman", "lampu-lalu-lintas"),
    "banjir": (
        "banjir-darurat",
        "banjir-genangan",
        "drainase",
        "situ-sungai",
        "turap-longsor",
        "sampah-kali",
    ),
    "sampah": ("sampah-menumpuk", "buang-sampah-liar", "layanan-sampah", "asap-bakar", "limbah-pencemaran"),
    "air": ("air-mati", "air-keruh", "pipa-bocor", "pelanggan-air", "sanitasi"),
    "taman": ("taman-kota", "pohon-pangkas", "pohon-tumbang", "makam-tpu"),
    "lalu_lintas": ("macet-rekayasa", "parkir-liar", "rambu-marka", "truk-kir", "angkot-terminal", "bus-kota"),
    "ketertiban": (
        "pkl",
        "bangunan-liar",
        "reklame-liar",
        "gangguan-ketertiban",
        "kebisingan",
        "pengamen-pengemis",
        "miras-asusila",
    ),
    "kesehatan": ("puskesmas", "rsud", "rumah-sakit", "dbd-fogging", "imunisasi-gizi", "bpjs-pbi"),
    "sekolah": ("spmb", "gedung-sekolah", "guru-sekolah", "pungutan-sekolah", "perundungan", "paud", "beasiswa-ijazah"),
    "sosial": ("bansos", "data-kesejahteraan", "rutilahu", "orang-terlantar", "disabilitas", "bantuan-musibah"),
    "kependudukan": ("ktp", "kartu-keluarga", "akta", "kia", "nik-data", "pindah-datang", "layanan-dukcapil"),
    "hewan": ("satwa-berbahaya", "hewan-peliharaan", "kurban-daging"),
}
"""Each group is named in `topic_group.*`; a topic is in one group at most. Violence and misconduct are in none."""

DELICATE = frozenset(
    {"kdrt", "kekerasan-anak", "kekerasan-umum", "pelecehan", "perundungan", "odgj", "orang-terlantar", "disabilitas",
     "korupsi-pungli", "disiplin-asn", "narkoba-judi", "bansos"}
)  # fmt: skip
"""Topics whose place and words are never told to anybody but who answers for them."""
