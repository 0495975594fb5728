"""Lines that are no part of an article, and sentences that only sound like them."""

from __future__ import annotations

import time

import pytest

from pipelines.furniture import MAX_LENGTH, is_furniture


@pytest.mark.parametrize(
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
        "İLGİNİZİ ÇEKEBİLİR",
    ],
)
def test_furniture(line: str) -> None:
    assert is_furniture(line)


@pytest.mark.parametrize(
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
        "Article 12 continues to apply below the age of 16.",
        "Video evidence · 12 witnesses",
        "The film is the most watched of the year.",
        "Trending upwards since May, prices rose again.",
    ],
)
def test_sentences(line: str) -> None:
    assert not is_furniture(line)


@pytest.mark.parametrize("line", ["join our " * 40, "1 · " * 80, "get the news " * 25, "a" * MAX_LENGTH, ". " * 150, "💬" * 300])
def test_hostile_lines_cost_little(line: str) -> None:
    is_furniture("warm")
    began = time.process_time()
    for _ in range(20):
        is_furniture(line[:MAX_LENGTH])
    assert time.process_time() - began < 0.5
