"""The labels that announce a picture credit, in the languages of the catalogue: "Photo:", "Picture by", "©", "fot."."""

from __future__ import annotations

import re

from pipelines.text.lexicons.lexicon import phrase_set

_LABELS = phrase_set(
    r"""
    photographs?|photos?|pictures?|pics?|images?|credits?|photographs? credit|photo credits?|picture credits?|image credits?
    photo illustration|photo and video|pictures? taken|illustrations?|graphics?|infographics?|artwork|cgi|screengrab
    screen grab|screenshots?|still|video|footage|source|image source|photo source|file(?=:)|supplied|submitted|provided
    contributed|courtesy|courtesy of|photos? courtesy of|picture courtesy of|image courtesy of|pic courtesy of
    fotos?|foto credits?|fotocredit|fotoquelle|bild|bilder|bildquelle|bildnachweis|bildrechte|symbolfotos?|symbolbild
    archivfotos?|archivbild|grafik|montage|fotomontage|quelle|repro
    crédits?|crédits? photos?|crédit image
    fotografía|fotografías|fotografia|fotografias|créditos?|crédito da foto|imagen|imagenes|imágenes|imagem|imagens|fuente
    fonte|immagine|fotografie|fotografi|vídeo|reprodução|divulgação
    beeld|beelden|foto's|bron|fot|zdjęcie|zdjęcia|źródło|kuva|kuvat|lähde|fotó|forrás|fotoğraf|fotoğraflar|kaynak|zdroj|snímek
    izvor|φωτογραφία|πηγή|фото|источник|джерело|снимка|ảnh|nguồn|isithombe|gambar
    写真|撮影|提供|画像|图片来源|图|圖|사진|صورة|صور
    """
)
_QUALIFIERS = r"(?:(?:file|stock|library|archive|generic|main|lead|inset|header|hero|top|agency|handout)\s+)?"
_WORDS = "|".join(sorted(_LABELS, key=len, reverse=True))
_BY = "by|von|par|por|di|door|av|via|courtesy of|courtesy|copyright|provided by|supplied by|submitted by"
_START = r"(?<![^\W_]-)(?:(?-i:(?<=[a-zà-ÿ0-9])(?=[A-ZÀ-Þ]))|(?<![^\W_]))"
"""A label starts a word, or stands with a capital where a template ran two lines together: "WorldCupCredit: PA"."""

LABEL = re.compile(
    rf"{_START}(?:(?P<label>{_QUALIFIERS}(?:{_WORDS}))(?![^\W_])"
    rf"(?P<sign>\s?(?:…|\.{{3}})\s?|\s*[:：=＝]\s*|\s+[-–—]\s*|\s+(?:{_BY})\b\s*:?\s*|(?<=\bfot)\.\s*)"
    r"|(?P<phrase>courtesy of|(?:supplied|submitted|provided|contributed) by|cedid[ao]s? por|facilitad[ao]s? por"
    r"|cort[eé]s[ií]a de|gentileza de)\s*:?\s+)",
    re.IGNORECASE,
)
"""A label with the sign or word that makes it one: "Photo:", "Image - ", "Picture by", "Credit...", "fot."."""

BY_SIGN = re.compile(r"\s+(?:by|von|par|por|di|door|av|via)\s*:?\s*", re.IGNORECASE)
"""The sign of a label where it is a word: a capital must follow, or it is a sentence ("Fotos von der Feier")."""

BARE_LABEL = re.compile(
    r"(?:^|(?<=[.!?”\"’)])\s*)(?P<label>(?:file )?(?:photographs?|photos?|pictures?|pics?|foto|bild|courtesy|kuva|beeld|fot))\s+",
    re.IGNORECASE,
)
"""A label alone; it counts only at the start or behind a sentence, with a credit's shape behind it."""

COPYRIGHT = re.compile(r"(?:(?:©|\(c\)(?=\s*\w)|ⓒ|\bcopyright\b)\s*:?\s*)+", re.IGNORECASE)

PICTURE_DATE = re.compile(r"\bpicture date\b", re.IGNORECASE)
"""PA's own captions close with it; it looks like a label and is none."""

DANGLING = re.compile(r"(?:^|(?<=[.!?”\"])\s?|\s)(?:Credits?|Foto|Photo|Picture|Image|Bild)$")
"""What a label leaves behind where its credit was taken by shape."""
