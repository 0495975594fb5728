"""Lines that are no part of an article, and sentences that only sound like them."""

from __future__ import annotations

import re
import time
from pathlib import Path

from pipelines.text.boilerplate import MAX_LENGTH, is_furniture, read_rules, rules
from tests.table import table


@table(
    "line",
    [
        "Join our WhatsApp channel and get the day's stories first",
        "TAP HERE TO JOIN OUR WHATSAPP COMMUNITY",
        "Download our free app for breaking news alerts.",
        "Support our journalism. Become a member today.",
        "Register with us for a daily newsletter",
        "Werden Sie Mitglied und unterstützen Sie unseren Journalismus",
        "Jetzt unseren Newsletter abonnieren!",
        "Seguinos en Instagram",
        "Suivez-nous sur WhatsApp",
        "Entre no nosso grupo do WhatsApp",
        "Подписывайтесь на наш Telegram-канал",
        "تابعونا على فيسبوك",
        "Get the latest headlines straight to your inbox",
        "Have you got a news tip for us? Ring the newsdesk.",
        "Article continues below",
        "Der Text geht nach der Werbung weiter",
        "1,204 people are reading this right now",
        "Lo más leído",
        "💬 12 Comments · 30 shares",
        "3 Kommentare | 12 Mal geteilt",
        "Share this article • 4 min read",
        "KAÇIRMAYIN",
        "Anzeige",
        "Publicité",
        "Annons",
        "Lesen Sie auch:",
        "À lire aussi :",
        "Czytaj też:",
        "Partager",
        "Condividi questo articolo",
        "Dela artikeln",
        "Udostępnij",
        "シェアする",
        "Folgen Sie dem Hafenboten auf Instagram.",
        "Sigue la actualidad en nuestras redes sociales.",
        "Ακολουθήστε μας στο Google News.",
        "关注我们的微信公众号。",
        "Be the first to react to this story",
        "Load 8 more comments",
        "Write the first comment.",
        "31 people are talking about this.",
        "5 replies so far",
        "Comments on this article: 5",
        "Do you agree? Tell us in the comments.",
        "Noch 3 Kommentare zu diesem Artikel",
        "Aucun commentaire pour l’instant",
        "Ver los comentarios (3)",
        "Nog geen reacties",
        "Ancora nessun commento",
        "Tempo di lettura: 2 min",
        "Leestijd 2 minuten",
        "Estimated reading time: 2 minutes",
        "Listen to this story (3 mins)",
        "Beitrag anhören",
        "This recording was made by an automated voice and may hold mistakes.",
        "Diese Zusammenfassung wurde mit Hilfe von KI erstellt.",
        "This page was viewed 2,118 times.",
        "7 people like this",
        "İLGİNİZİ ÇEKEBİLİR",
    ],
)
def test_furniture(line: str) -> None:
    assert is_furniture(line)


@table(
    "line",
    [
        "Join the queue early, the organisers say, for our town's biggest fair.",
        "Follow the river south and you reach the old mill.",
        "“Download our app and never miss a bus,” the company told its passengers.",
        "Get there by train from the main station.",
        "Support for our schools fell, the report on journalism courses says.",
        "Listen to our children, he told the council.",
        "Stay at home, officials told us by e-mail.",
        "Like all of our members, she pays by the month.",
        "She found 12 e-mails in her inbox.",
        "The scam lands in your inbox as a bill.",
        "Das Geschäft läuft nach der Anzeige weiter schlecht.",
        "Folgen hat das für uns alle, sagt der Sprecher des Kanals.",
        "Únete a nosotros, dijo el alcalde.",
        "250 people are reading for the part of the king.",
        "4,512 votes",
        "Partager la route ne sera pas simple, dit le maire.",
        "Delen is het halve werk, zei ze.",
        "Sigue abierto el museo, que en 2024 cerró un mes.",
        "Folgen hat das für den Kreis keine.",
        "The board had 31 replies to its letter, 5 of them from lawyers.",
        "There were 5 comments on this story of hers, all of them kind.",
        "Nobody is the first to react to this news in the town.",
        "No comments were made by either of the two sides.",
        "The clip was viewed 2,118 times before it was taken down.",
        "This recording was made by a neighbour on his telephone.",
        "This summary was read by an angry judge.",
        "Listen to this, she said.",
        "Es gibt keine Kommentare von der Polizei.",
        "Seven people like this kind of bread.",
        "Article 12 continues to apply below the age of 16.",
        "Video evidence · 12 witnesses",
        "The film is the most watched of the year.",
        "Trending upwards since May, prices rose again.",
    ],
)
def test_sentences(line: str) -> None:
    assert not is_furniture(line)


@table("line", ["join our " * 40, "1 · " * 80, "get the news " * 25, "a" * MAX_LENGTH, ". " * 150, "💬" * 300])
def test_hostile_lines_cost_little(line: str) -> None:
    is_furniture("warm")
    began = time.process_time()
    for _ in range(20):
        is_furniture(line[:MAX_LENGTH])
    assert time.process_time() - began < 0.5


# -- the file of rules ----------------------------------------------------------------------------------------------

RULES = """[parts]
any = '.{0,9}'
rest = '{any}!'

[[rule]]
name = "shout"
example = "Buy now!"
pattern = ['buy', '{rest}']
"""


def test_parts_fill_patterns(tmp_path: Path) -> None:
    file = tmp_path / "rules.toml"
    file.write_text(RULES, encoding="utf-8")
    (rule,) = read_rules(file)
    assert (rule.name, rule.pattern, rule.language, rule.hints) == ("shout", "buy.{0,9}!", "en", ())


def test_each_shipped_pattern_matches_its_own_example() -> None:
    assert len({rule.pattern for rule in rules()}) == len(rules()) == 60
    for rule in rules():
        assert "{" not in re.sub(r"\{\d*,?\d*\}", "", rule.pattern), "a part that there is not"
        assert re.fullmatch(rule.pattern, rule.example, re.IGNORECASE), rule
