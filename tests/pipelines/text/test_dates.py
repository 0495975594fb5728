"""Stamps as newspapers of many countries print them, and what is no stamp at all."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.text.dates import MAX_CHARS, Precision, Timestamp, parse_labelled, parse_timestamp
from tests.table import table

LONDON, DUBLIN, BERLIN, PARIS, NEW_YORK = (
    "Europe/London",
    "Europe/Dublin",
    "Europe/Berlin",
    "Europe/Paris",
    "America/New_York",
)
FETCHED = datetime(2025, 3, 8, 12, 0, tzinfo=UTC)
FACTS = Path(__file__).resolve().parents[3] / "../shared/facts/timestamps.csv"

MACHINE = [
    ("2025-03-07T08:00:00Z", LONDON, "2025-03-07T08:00:00Z"),
    ("2025-03-07T08:00:00.000Z", LONDON, "2025-03-07T08:00:00Z"),
    ("2025-03-07T08:00:00.987654Z", LONDON, "2025-03-07T08:00:00Z"),
    ("2025-03-07T08:00:00,5Z", LONDON, "2025-03-07T08:00:00Z"),
    ("2025-03-07t08:00:00z", LONDON, "2025-03-07T08:00:00Z"),
    ("2025-03-07T08:00Z", LONDON, "2025-03-07T08:00:00Z"),
    ("2025-03-07T08:00:00+01:00", LONDON, "2025-03-07T07:00:00Z"),
    ("2025-03-07T08:00:00+0100", LONDON, "2025-03-07T07:00:00Z"),
    ("2025-03-07T08:00+01", LONDON, "2025-03-07T07:00:00Z"),
    ("2025-03-07T08:00:00 +01:00", LONDON, "2025-03-07T07:00:00Z"),
    ("2025-03-07 08:00:00 +0100", LONDON, "2025-03-07T07:00:00Z"),
    ("2025-03-07 08:00:00+00", LONDON, "2025-03-07T08:00:00Z"),
    ("2025-03-07T08:00:00+00:00Z", LONDON, "2025-03-07T08:00:00Z"),
    ("2025-03-07T08:00:00-03:30", "America/St_Johns", "2025-03-07T11:30:00Z"),
    ("2025-03-07T08:00:00+05:45", "Asia/Kathmandu", "2025-03-07T02:15:00Z"),
    ("2025-03-07T08:00:00", BERLIN, "2025-03-07T07:00:00Z"),
    ("2025-07-07 08:00:00", LONDON, "2025-07-07T07:00:00Z"),
    ("2025-07-07 08:00", "Asia/Kolkata", "2025-07-07T02:30:00Z"),
    ("2025-07-07  08:00", LONDON, "2025-07-07T07:00:00Z"),
    ("2025-07-07T8:05", LONDON, "2025-07-07T07:05:00Z"),
    ("20250307T0800Z", LONDON, "2025-03-07T08:00:00Z"),
    ("20250307T080015+0100", LONDON, "2025-03-07T07:00:15Z"),
    ("20250307", LONDON, "2025-03-07"),
    ("20250307080015", BERLIN, "2025-03-07T07:00:15Z"),
    ("202503070800", BERLIN, "2025-03-07T07:00:00Z"),
    ("2025-03-07", NEW_YORK, "2025-03-07"),
    ("2025-W10-5", LONDON, "2025-03-07"),
    ("2025-03-07T24:00:00", "UTC", "2025-03-08T00:00:00Z"),
    ("2016-12-31T23:59:60Z", LONDON, "2016-12-31T23:59:59Z"),
    ("1985-11-02", LONDON, "1985-11-02"),
    ("1964-05-01T00:00:00Z", LONDON, "1964-05-01T00:00:00Z"),
    ("1741334400", LONDON, "2025-03-07T08:00:00Z"),
    ("1741334400000", LONDON, "2025-03-07T08:00:00Z"),
    ("1741334400000000", LONDON, "2025-03-07T08:00:00Z"),
    ("1741334400.25", LONDON, "2025-03-07T08:00:00Z"),
    ("/Date(1741334400000)/", LONDON, "2025-03-07T08:00:00Z"),
    ("/Date(1741334400000+0100)/", LONDON, "2025-03-07T08:00:00Z"),
    ("2025-03-07T08:00:00 Europe/Berlin", LONDON, "2025-03-07T07:00:00Z"),
    ("2025-03-07T08:00:00[America/New_York]", LONDON, "2025-03-07T13:00:00Z"),
    ("2025-03-07T08:00:00+01:00[Europe/Berlin]", LONDON, "2025-03-07T07:00:00Z"),
    ("2025-03-07 08:00:00 UTC", BERLIN, "2025-03-07T08:00:00Z"),
    ("2025-03-07 08:00:00 CET", BERLIN, "2025-03-07T07:00:00Z"),
    ("2025-03-07T08:00:00GMT", BERLIN, "2025-03-07T08:00:00Z"),
    ("2025-03-07T08:00:00UTC+02:00", BERLIN, "2025-03-07T06:00:00Z"),
    ('"2025-03-07T08:00:00Z"', LONDON, "2025-03-07T08:00:00Z"),
    ("2025/03/07 08:00", LONDON, "2025-03-07T08:00:00Z"),
    ("2025/03/07 08:00:09", LONDON, "2025-03-07T08:00:09Z"),
    ("2025.03.07 08:00", "Asia/Seoul", "2025-03-06T23:00:00Z"),
    ("/news/2025/03/07/a-story/", LONDON, "2025-03-07"),
    ("Fri, 07 Mar 2025 08:00:15 +0000", LONDON, "2025-03-07T08:00:15Z"),
    ("Fri, 07 Mar 2025 08:00:15 GMT", NEW_YORK, "2025-03-07T08:00:15Z"),
    ("Fri, 07 Mar 2025 08:00:15 EST", NEW_YORK, "2025-03-07T13:00:15Z"),
    ("Fri, 07 Mar 2025 08:00:15 -0500", LONDON, "2025-03-07T13:00:15Z"),
    ("7 Mar 2025 08:00 +0100", LONDON, "2025-03-07T07:00:00Z"),
    ("Friday, 07-Mar-25 08:00:15 GMT", LONDON, "2025-03-07T08:00:15Z"),
    ("Fri Mar  7 08:00:15 2025", LONDON, "2025-03-07T08:00:15Z"),
    ("Fri Mar 07 08:00:15 GMT 2025", BERLIN, "2025-03-07T08:00:15Z"),
    ("Fri Mar 07 08:00:15 +0000 2025", BERLIN, "2025-03-07T08:00:15Z"),
    ("Fri Mar 07 08:00:15 CET 2025", BERLIN, "2025-03-07T07:00:15Z"),
    ("Fri Mar 07 2025 08:00:00 GMT+0000 (GMT)", BERLIN, "2025-03-07T08:00:00Z"),
    ("Fri Mar 07 2025 08:00:00 GMT+0000 (Greenwich Mean Time)", LONDON, "2025-03-07T08:00:00Z"),
    ("Mon Jul 07 2025 08:00:00 GMT+0200 (Mitteleuropäische Sommerzeit)", LONDON, "2025-07-07T06:00:00Z"),
    ("2025-03-07T08:00:00.000-05:00", NEW_YORK, "2025-03-07T13:00:00Z"),
    ("Mar 7, 2025, 8:00:15 AM", LONDON, "2025-03-07T08:00:15Z"),
    ("3/7/2025 8:00:15 AM", NEW_YORK, "2025-03-07T13:00:15Z"),
]

BRITISH_AND_IRISH = [
    ("Published 3rd Nov 2023, 08:08 GMT", LONDON, "2023-11-03T08:08:00Z"),
    ("Published 3rd Nov 2023, 08:08 GMT - 3 min read", LONDON, "2023-11-03T08:08:00Z"),
    ("Published 29th Aug 2024, 11:19 BST", LONDON, "2024-08-29T10:19:00Z"),
    ("Published 7 March 2025", LONDON, "2025-03-07"),
    ("Published7 March 2025", LONDON, "2025-03-07"),
    ("7 March 2025, 08:30 GMT", LONDON, "2025-03-07T08:30:00Z"),
    ("14:00, 28 Apr 2024", LONDON, "2024-04-28T13:00:00Z"),
    ("07:34, 3 NOV 2023", LONDON, "2023-11-03T07:34:00Z"),
    ("07:34, 3 NOV 2023UPDATED08:41, 3 NOV 2023", LONDON, "2023-11-03T07:34:00Z"),
    ("11:48, Thu, Jul 18, 2024", LONDON, "2024-07-18T10:48:00Z"),
    ("| UPDATED: 11:48, Thu, Jul 18, 2024 |", LONDON, "2024-07-18T10:48:00Z"),
    ("Published : 22:04,  22 Apr 2024", LONDON, "2024-04-22T21:04:00Z"),
    ("Published: 22:04, 22 April 2024", LONDON, "2024-04-22T21:04:00Z"),
    ("Published: 22:04 BST, 22 April 2024 | Updated: 23:04 BST, 22 April 2024", LONDON, "2024-04-22T21:04:00Z"),
    ("PUBLISHED: September 16, 2014 18:59", LONDON, "2014-09-16T17:59:00Z"),
    ("Thursday, 22nd July 2021, 6:55 pm", LONDON, "2021-07-22T17:55:00Z"),
    ("16 September 2024 9:33pm", LONDON, "2024-09-16T20:33:00Z"),
    ("30 August 2023 • 4:45pm", LONDON, "2023-08-30T15:45:00Z"),
    ("16 September 2024 9:33pm BST", LONDON, "2024-09-16T20:33:00Z"),
    ("Fri 7 Mar 2025 08.30 GMT", LONDON, "2025-03-07T08:30:00Z"),
    ("First published on Fri 7 Mar 2025 08.30 GMT", LONDON, "2025-03-07T08:30:00Z"),
    ("Last modified on Mon 7 Jul 2025 08.30 BST", LONDON, "2025-07-07T07:30:00Z"),
    ("Fri 7 Mar 2025 08.30 CET", LONDON, "2025-03-07T07:30:00Z"),
    ("Friday March 07 2025, 8.30am GMT, The Times", LONDON, "2025-03-07T08:30:00Z"),
    ("Friday March 07 2025, 12.01am, The Times", LONDON, "2025-03-07T00:01:00Z"),
    ("Friday 07 March 2025 08:30 GMT", LONDON, "2025-03-07T08:30:00Z"),
    ("January 28, 2025 11:30 am", LONDON, "2025-01-28T11:30:00Z"),
    ("Jul 17, 2024, 11:21am", LONDON, "2024-07-17T10:21:00Z"),
    ("07/03/2025, 16:35", LONDON, "2025-03-07T16:35:00Z"),
    ("08:30 - 07/03/2025", LONDON, "2025-03-07T08:30:00Z"),
    ("7th March 2025 at 8:30am", LONDON, "2025-03-07T08:30:00Z"),
    ("7th March, 2025", LONDON, "2025-03-07"),
    ("Posted on 7th March 2025 by Jane Roe", LONDON, "2025-03-07"),
    ("By Jane Roe | Friday 7th March 2025, 5:04pm", LONDON, "2025-03-07T17:04:00Z"),
    ("By Jane Roe Local Democracy Reporter\n7 March 2025", LONDON, "2025-03-07"),
    ("Posted: Fri, 7 Mar 2025 8:30am", LONDON, "2025-03-07T08:30:00Z"),
    ("Mon, 01/20/2020 - 16:35", LONDON, "2020-01-20T16:35:00Z"),
    ("Date published: 07 March 2025", LONDON, "2025-03-07"),
    ("Created: 7 March 2025 08:30", LONDON, "2025-03-07T08:30:00Z"),
    ("Last updated: 7 March 2025 5:30 pm", LONDON, "2025-03-07T17:30:00Z"),
    ("7 Mar 25", LONDON, "2025-03-07"),
    ("07/03/25", LONDON, "2025-03-07"),
    ("07.03.25 8.30am", LONDON, "2025-03-07T08:30:00Z"),
    ("Listen 45:30 | 7 March 2025", LONDON, "2025-03-07"),
    ("Reading time 4:30 min, 7 March 2025", LONDON, "2025-03-07"),
    ("/world/Europe/brexit/2025/03/07/", LONDON, "2025-03-07"),
    ("12 noon, 7 March 2025", LONDON, "2025-03-07T12:00:00Z"),
    ("7 March 2025, midnight", LONDON, "2025-03-07T00:00:00Z"),
    ("08/11/2023 | 20:26 PM", DUBLIN, "2023-11-08T20:26:00Z"),
    ("Fri Nov  3 2023 - 07:33", DUBLIN, "2023-11-03T07:33:00Z"),
    ("Fri, 07 Mar, 2025 - 08:30", DUBLIN, "2025-03-07T08:30:00Z"),
    ("Fri, 07 Mar, 2025 - 20:30", DUBLIN, "2025-03-07T20:30:00Z"),
    ("8.30am, 7 Mar 2025", DUBLIN, "2025-03-07T08:30:00Z"),
    ("Mar 7th 2025, 8:30 AM", DUBLIN, "2025-03-07T08:30:00Z"),
    ("7 Mar 2025 at 08:30", DUBLIN, "2025-03-07T08:30:00Z"),
    ("Updated / Friday, 7 Mar 2025 08:30", DUBLIN, "2025-03-07T08:30:00Z"),
    ("6:30PM, Mon 7 Jul 2025", DUBLIN, "2025-07-07T17:30:00Z"),
    ("7 Jul 2025 6:30 PM IST", DUBLIN, "2025-07-07T17:30:00Z"),
    ("Dé hAoine, 7 Márta 2025, 08:30", DUBLIN, "2025-03-07T08:30:00Z"),
    ("7 Meán Fómhair 2024", DUBLIN, "2024-09-07"),
    ("7 Deireadh Fómhair 2024 08:30", DUBLIN, "2024-10-07T07:30:00Z"),
    ("Cyhoeddwyd: 7 Mawrth 2025", LONDON, "2025-03-07"),
    ("Dydd Mawrth, 4 Mawrth 2025 08:30", LONDON, "2025-03-04T08:30:00Z"),
    ("7 Gorffennaf 2024", LONDON, "2024-07-07"),
    ("7 Màrt 2025", LONDON, "2025-03-07"),
    ("PublishedDec 19, 2024 at 04:34 PM", LONDON, "2024-12-19T16:34:00Z"),
]

AMERICAN = [
    ("1:39 am EST, Wednesday, November 20, 2019", NEW_YORK, "2019-11-20T06:39:00Z"),
    ("Nov. 20, 2019 1:35 a.m.", NEW_YORK, "2019-11-20T06:35:00Z"),
    ("Nov. 20, 2019Updated: Nov. 20, 2019 1:35 a.m.", NEW_YORK, "2019-11-20"),
    ("Tuesday, November 19, 2019, 06:51 AM", NEW_YORK, "2019-11-19T11:51:00Z"),
    ("Published 11:11 PM EST Nov 19, 2019", "America/Detroit", "2019-11-20T04:11:00Z"),
    ("Published 5:04 p.m. ET March 7, 2025 | Updated 6:04 p.m. ET March 7, 2025", NEW_YORK, "2025-03-07T22:04:00Z"),
    ("November 19, 2019 at 8:59 pm", "America/Chicago", "2019-11-20T02:59:00Z"),
    ("PUBLISHED: March 7, 2025 at 5:00 AM PST | UPDATED: March 7, 2025 at 6:00 AM PST", "America/Los_Angeles",
     "2025-03-07T13:00:00Z"),
    ("March 7, 2025 | 8:30 a.m.", NEW_YORK, "2025-03-07T13:30:00Z"),
    ("March 7, 2025, 8:30 a.m. ET", NEW_YORK, "2025-03-07T13:30:00Z"),
    ("March 7, 2025 at 8:30 a.m. EST", NEW_YORK, "2025-03-07T13:30:00Z"),
    ("March 7, 2025 at 8:30 a.m. EST", LONDON, "2025-03-07T13:30:00Z"),
    ("July 7, 2025 8:30 a.m. ET", LONDON, "2025-07-07T12:30:00Z"),
    ("July 7, 2025 8:30 a.m. Eastern Time", "America/Chicago", "2025-07-07T12:30:00Z"),
    ("March 7, 2025 7:55 AM UTC", NEW_YORK, "2025-03-07T07:55:00Z"),
    ("Updated 8:30 AM EST, March 7, 2025", NEW_YORK, "2025-03-07T13:30:00Z"),
    ("Updated 8:30 AM EDT, Fri July 7, 2023", NEW_YORK, "2023-07-07T12:30:00Z"),
    ("Published: Mar. 7, 2025 at 8:30 AM CST|Updated: 2 hours ago", "America/Chicago", "2025-03-07T14:30:00Z"),
    ("Posted: Mar 7, 2025 / 06:00 AM CST", "America/Chicago", "2025-03-07T12:00:00Z"),
    ("Published March 7, 2025 8:30am EST", NEW_YORK, "2025-03-07T13:30:00Z"),
    ("Published March 7, 2025 • Updated on March 8, 2025 at 9:12 am", NEW_YORK, "2025-03-07"),
    ("03/07/2025", NEW_YORK, "2025-03-07"),
    ("03/07/2025 08:30 PM EST", NEW_YORK, "2025-03-08T01:30:00Z"),
    ("3/7/25 8:30 PM", "America/Denver", "2025-03-08T03:30:00Z"),
    ("03-07-2025", "US/Central", "2025-03-07"),
    ("03/07/2025", "Asia/Manila", "2025-03-07"),
    ("25/12/2024", NEW_YORK, "2024-12-25"),
    ("Mar 7, 2025", NEW_YORK, "2025-03-07"),
    ("MARCH 7, 2025", NEW_YORK, "2025-03-07"),
    ("Sept. 7, 2024, 10:05 p.m. CDT", "America/Chicago", "2024-09-08T03:05:00Z"),
    ("Friday, March 7th, 2025 at 4 PM", NEW_YORK, "2025-03-07T21:00:00Z"),
    ("By JOHN ROE Associated Press March 7, 2025 9:15 PM", NEW_YORK, "2025-03-08T02:15:00Z"),
    ("Mar 07 2025", NEW_YORK, "2025-03-07"),
    ("March 7 '25", NEW_YORK, "2025-03-07"),
    ("Updated 0339 GMT (1139 HKT) November 19, 2019", NEW_YORK, "2019-11-19T03:39:00Z"),
    ("7 March 2025 EST", NEW_YORK, "2025-03-07"),
    ("12:00 AM, Mar 7, 2025", NEW_YORK, "2025-03-07T05:00:00Z"),
    ("12:15 PM, Mar 7, 2025", NEW_YORK, "2025-03-07T17:15:00Z"),
    ("March 7, 202508:30 AM", NEW_YORK, "2025-03-07T13:30:00Z"),
    ("Mar 7, 20258:30 AM", NEW_YORK, "2025-03-07T13:30:00Z"),
    ("Dec. 20, 2016, 12:44 PM UTC / Updated Dec. 20, 2016, 1:00 PM UTC", NEW_YORK, "2016-12-20T12:44:00Z"),
    ("Posted May 24, 2026 10:05 am", "America/Toronto", "2026-05-24T14:05:00Z"),
    ("Published Mar 07, 2025  •  Last updated 2 days ago  •  3 minute read", "America/Toronto", "2025-03-07"),
    ("Posted: Mar 07, 2025 4:00 AM EST | Last Updated: March 7", "America/Toronto", "2025-03-07T09:00:00Z"),
    ("Published: March 07, 2025 at 8:30AM EST", "America/Toronto", "2025-03-07T13:30:00Z"),
    ("March 7, 2025 8:30 am PST", "America/Toronto", "2025-03-07T16:30:00Z"),
    ("Publié le 7 mars 2025 à 8 h 30 HNE", "America/Toronto", "2025-03-07T13:30:00Z"),
    ("Le vendredi 7 mars 2025 à 16 h 05", "America/Toronto", "2025-03-07T21:05:00Z"),
]  # fmt: skip

SOUTHERN_AND_ASIAN = [
    ("Tue, 26 November 2024 9:27PM", "Australia/Perth", "2024-11-26T13:27:00Z"),
    ("March 7, 2025 — 8.30am", "Australia/Sydney", "2025-03-06T21:30:00Z"),
    ("Updated March 7, 2025 — 9.00am, first published at 8.30am", "Australia/Sydney", "2025-03-06T22:00:00Z"),
    ("7 March 2025 8:30am AEDT", "Australia/Sydney", "2025-03-06T21:30:00Z"),
    ("7 March 2025 8:30am AEST", "Australia/Sydney", "2025-03-06T21:30:00Z"),
    ("Fri 7 Mar 2025 at 8:30am", "Australia/Brisbane", "2025-03-06T22:30:00Z"),
    ("Updated Mar 7 2025 - 8:30am, first published 6:00am", "Australia/Sydney", "2025-03-06T21:30:00Z"),
    ("March 7, 2025 8:30 am EST", "Australia/Melbourne", "2025-03-06T21:30:00Z"),
    ("7 Mar, 2025 04:30 PM 3 mins to read", "Pacific/Auckland", "2025-03-07T03:30:00Z"),
    ("8:30 am on 7 March 2025", "Pacific/Auckland", "2025-03-06T19:30:00Z"),
    ("07 Mar 2025 08:30", "Africa/Johannesburg", "2025-03-07T06:30:00Z"),
    ("07 March 2025 - 08:30", "Africa/Johannesburg", "2025-03-07T06:30:00Z"),
    ("Published 7 Mar 2025 | By Jane Roe", "Africa/Johannesburg", "2025-03-07"),
    ("Vrydag, 7 Maart 2025 om 08:30", "Africa/Johannesburg", "2025-03-07T06:30:00Z"),
    ("FRIDAY MARCH 07 2025", "Africa/Nairobi", "2025-03-07"),
    ("Friday, March 07, 2025 08:30 EAT", "Africa/Nairobi", "2025-03-07T05:30:00Z"),
    ("March 7, 2025 | 8:30 am WAT", "Africa/Lagos", "2025-03-07T07:30:00Z"),
    ("Updated: Mar 07, 2025 08:30 IST", "Asia/Kolkata", "2025-03-07T03:00:00Z"),
    ("Updated - March 07, 2025 08:30 am IST", "Asia/Kolkata", "2025-03-07T03:00:00Z"),
    ("March 07, 2025 08:30 am | Updated 09:00 am IST", "Asia/Kolkata", "2025-03-07T03:00:00Z"),
    ("First Published Date : Mar 7, 2025, 8:30 AM IST", "Asia/Kolkata", "2025-03-07T03:00:00Z"),
    ("Last Updated : 07 Mar 2025, 08:30:15 AM IST", "Asia/Kolkata", "2025-03-07T03:00:15Z"),
    ("Published: 07th March 2025 08:30 AM", "Asia/Kolkata", "2025-03-07T03:00:00Z"),
    ("07 Mar 2025, 8:30 pm", "Asia/Kolkata", "2025-03-07T15:00:00Z"),
    ("Mar 07, 2025, 08:30 IST", LONDON, "2025-03-07T08:30:00Z"),
    ("7 मार्च 2025", "Asia/Kolkata", "2025-03-07"),
    ("Published: March 7, 2025 8:30 am PKT", "Asia/Karachi", "2025-03-07T03:30:00Z"),
    ("7 March, 2025, 08:30 am BST", "Asia/Dhaka", "2025-03-07T02:30:00Z"),
    ("Published: Fri 7 Mar 2025, 8:30 AM", "Asia/Dubai", "2025-03-07T04:30:00Z"),
    ("Mar 07, 2025, 08:30 AM SGT", "Asia/Singapore", "2025-03-07T00:30:00Z"),
    ("Published: 8:30am, 7 Mar 2025", "Asia/Hong_Kong", "2025-03-07T00:30:00Z"),
    ("Friday, 07 Mar 2025 8:30 AM MYT", "Asia/Kuala_Lumpur", "2025-03-07T00:30:00Z"),
    ("Jumat, 07 Mar 2025 08:30 WIB", "Asia/Jakarta", "2025-03-07T01:30:00Z"),
    ("Kompas.com - 07/03/2025, 08:30 WIB", "Asia/Jakarta", "2025-03-07T01:30:00Z"),
    ("7 Agustus 2024 pukul 08.30", "Asia/Jakarta", "2024-08-07T01:30:00Z"),
    ("Thứ sáu, 7/3/2025, 08:30 (GMT+7)", "Asia/Ho_Chi_Minh", "2025-03-07T01:30:00Z"),
    ("7 tháng 3, 2025", "Asia/Ho_Chi_Minh", "2025-03-07"),
    ("2025年3月7日 8時30分", "Asia/Tokyo", "2025-03-06T23:30:00Z"),
    ("2025年3月7日(金) 20:30", "Asia/Tokyo", "2025-03-07T11:30:00Z"),
    ("2025年3月7日 午後8時30分", "Asia/Tokyo", "2025-03-07T11:30:00Z"),
    ("2025年3月7日", "Asia/Tokyo", "2025-03-07"),
    ("公開日:2025年3月7日 5時00分", "Asia/Tokyo", "2025-03-06T20:00:00Z"),
    ("2025/3/7(金) 8:30配信", "Asia/Tokyo", "2025-03-06T23:30:00Z"),
    ("2025年03月07日08:30", "Asia/Shanghai", "2025-03-07T00:30:00Z"),
    ("发布时间：2025-03-07 08:30:15", "Asia/Shanghai", "2025-03-07T00:30:15Z"),
    ("2025年3月7日 星期五 下午8:30", "Asia/Shanghai", "2025-03-07T12:30:00Z"),
    ("２０２５年３月７日　８時３０分", "Asia/Tokyo", "2025-03-06T23:30:00Z"),
    ("2025년 3월 7일 오후 8시 30분", "Asia/Seoul", "2025-03-07T11:30:00Z"),
    ("입력 2025.03.07. 오전 8:30", "Asia/Seoul", "2025-03-06T23:30:00Z"),
    ("입력 2025-03-07 08:30 수정 2025-03-07 09:30", "Asia/Seoul", "2025-03-06T23:30:00Z"),
    ("등록 2025-03-07 08:30", "Asia/Seoul", "2025-03-06T23:30:00Z"),
    ("7 مارس 2025 - 08:30", "Africa/Cairo", "2025-03-07T06:30:00Z"),
    ("الجمعة 7 مارس 2025 08:30 م", "Africa/Cairo", "2025-03-07T18:30:00Z"),
    ("٧ مارس ٢٠٢٥", "Africa/Cairo", "2025-03-07"),
    ("7 آذار 2025", "Asia/Beirut", "2025-03-07"),
    ("7 كانون الثاني 2025", "Asia/Beirut", "2025-01-07"),
    ("نشر في: 7 أغسطس ,2024: 08:30 ص", "Asia/Dubai", "2024-08-07T04:30:00Z"),
    ("7/3/2025", "Asia/Dubai", "2025-03-07"),
    ("7 במרץ 2025, 08:30", "Asia/Jerusalem", "2025-03-07T06:30:00Z"),
]

GERMAN = [
    ("30. Juni 2025, 15:59 Uhr", "Europe/Vienna", "2025-06-30T13:59:00Z"),
    ("06. 01. 2026,  14:59 Uhr", "Europe/Vienna", "2026-01-06T13:59:00Z"),
    ("Veröffentlicht am 27.04.24 um 07:39 Uhr", BERLIN, "2024-04-27T05:39:00Z"),
    ("03.05.2024 15:42 Uhr", BERLIN, "2024-05-03T13:42:00Z"),
    ("Stand: 03.05.2024, 15:42 Uhr", BERLIN, "2024-05-03T13:42:00Z"),
    ("Stand: 3. Mai 2024", BERLIN, "2024-05-03"),
    ("Stand: 03.05.2024 | Archiv", BERLIN, "2024-05-03"),
    ("Freitag, 7. März 2025 um 8.30 Uhr", BERLIN, "2025-03-07T07:30:00Z"),
    ("Fr., 07.03.2025, 08.30 Uhr", "Europe/Zurich", "2025-03-07T07:30:00Z"),
    ("07.03.2025, 8 Uhr", BERLIN, "2025-03-07T07:00:00Z"),
    ("07.03.2025 - 08:30", BERLIN, "2025-03-07T07:30:00Z"),
    ("07.03.2025 | 08:30", BERLIN, "2025-03-07T07:30:00Z"),
    ("07.03.2025 08:30 MEZ", LONDON, "2025-03-07T07:30:00Z"),
    ("7. Jänner 2025, 08:30", "Europe/Vienna", "2025-01-07T07:30:00Z"),
    ("07. Feber 2025", "Europe/Vienna", "2025-02-07"),
    ("Erstellt: 07.03.2025, 08:30 Uhr", BERLIN, "2025-03-07T07:30:00Z"),
    ("Erstellt: 07.03.2025Aktualisiert: 08.03.2025, 09:00 Uhr", BERLIN, "2025-03-07"),
    ("Zuletzt aktualisiert: 7. Mrz 2025, 08:30 Uhr", BERLIN, "2025-03-07T07:30:00Z"),
    ("Von Erika Muster 07.03.2025, 08:30 Uhr", BERLIN, "2025-03-07T07:30:00Z"),
    ("Berlin, 07.03.25", BERLIN, "2025-03-07"),
    ("7.3.2025", "Europe/Zurich", "2025-03-07"),
    ("Publiziert heute, 07.03.2025", "Europe/Zurich", "2025-03-07"),
    ("Publiziert: 07.03.2025, 08:30", "Europe/Zurich", "2025-03-07T07:30:00Z"),
    ("7. Dezember 2024 - 18:05 Uhr | Lesezeit: 3 Min.", BERLIN, "2024-12-07T17:05:00Z"),
    ("Artikel vom 07.03.2025", BERLIN, "2025-03-07"),
    ("Sa 7. Sept. 2024", BERLIN, "2024-09-07"),
]

ROMANCE = [
    ("Publié le 7 mars 2025 à 18h30", PARIS, "2025-03-07T17:30:00Z"),
    ("Publié le 07/03/2025 à 08h30, mis à jour le 08/03/2025 à 09h00", PARIS, "2025-03-07T07:30:00Z"),
    ("Publié le 07/03/2025 à 08:30", PARIS, "2025-03-07T07:30:00Z"),
    ("Publié le 1er mars 2025 à 6h00", PARIS, "2025-03-01T05:00:00Z"),
    ("Mis en ligne le 7/03/2025 à 08:30", "Europe/Brussels", "2025-03-07T07:30:00Z"),
    ("vendredi 7 mars 2025 à 18 h", PARIS, "2025-03-07T17:00:00Z"),
    ("mar. 4 mars 2025 à 18h", PARIS, "2025-03-04T17:00:00Z"),
    ("Le 04/06/2024 à 18h", PARIS, "2024-06-04T16:00:00Z"),
    ("mar. 04/06/2024 - 18:00", PARIS, "2024-06-04T16:00:00Z"),
    ("Par Jeanne Roe Publié le 14 août 2024 à 08h30", PARIS, "2024-08-14T06:30:00Z"),
    ("Modifié le 14 févr. 2025 à 08:30", PARIS, "2025-02-14T07:30:00Z"),
    ("14 déc. 2024", PARIS, "2024-12-14"),
    ("PUBLIÉ LE 14 AOÛT 2024 À 08H30", PARIS, "2024-08-14T06:30:00Z"),
    ("Publié le 14-08-2024 à 08h30", PARIS, "2024-08-14T06:30:00Z"),
    ("Publié hier à 18h30, le 14 août 2024", PARIS, "2024-08-14T16:30:00Z"),
    ("7 de marzo de 2025", "Europe/Madrid", "2025-03-07"),
    ("Actualizado el 7 de marzo de 2025 a las 18:30 h", "Europe/Madrid", "2025-03-07T17:30:00Z"),
    ("07/03/2025 a las 18:30h.", "Europe/Madrid", "2025-03-07T17:30:00Z"),
    ("Viernes, 7 marzo 2025, 18:30", "Europe/Madrid", "2025-03-07T17:30:00Z"),
    ("07 MAR 2025 - 18:30 CET", "Europe/Madrid", "2025-03-07T17:30:00Z"),
    ("Publicado: 07.03.2025 18:30", "Europe/Madrid", "2025-03-07T17:30:00Z"),
    ("Miércoles, 5 de marzo del 2025", "America/Lima", "2025-03-05"),
    ("5 de setiembre de 2024 8:30 a. m.", "America/Lima", "2024-09-05T13:30:00Z"),
    ("05 de marzo de 2025 08:30 p.m.", "America/Argentina/Buenos_Aires", "2025-03-05T23:30:00Z"),
    ("1º de mayo de 2024", "America/Bogota", "2024-05-01"),
    ("5 ago 2024 - 18:30", "America/Mexico_City", "2024-08-06T00:30:00Z"),
    ("7 marzo 2025 alle 18:30", "Europe/Rome", "2025-03-07T17:30:00Z"),
    ("7 Marzo 2025 ore 18.30", "Europe/Rome", "2025-03-07T17:30:00Z"),
    ("Pubblicato il 7 marzo 2025 alle ore 18:30", "Europe/Rome", "2025-03-07T17:30:00Z"),
    ("07 MAR 25", "Europe/Rome", "2025-03-07"),
    ("Ultimo aggiornamento: 07/03/2025 18:30", "Europe/Rome", "2025-03-07T17:30:00Z"),
    ("Venerdì 7 Marzo 2025, 18:30 - Ultimo agg. 8 Marzo, 09:00", "Europe/Rome", "2025-03-07T17:30:00Z"),
    ("1° maggio 2024", "Europe/Rome", "2024-05-01"),
    ("7 mar 2025", "Europe/Rome", "2025-03-07"),
    ("7 de março de 2025 às 18h30", "Europe/Lisbon", "2025-03-07T18:30:00Z"),
    ("07/03/2025 18h30 Atualizado há 2 horas", "America/Sao_Paulo", "2025-03-07T21:30:00Z"),
    ("07/03/2025 às 18:30", "America/Sao_Paulo", "2025-03-07T21:30:00Z"),
    ("Publicado em 07/03/2025 - 18:30 - Atualizado em 07/03/2025 - 19:00", "America/Sao_Paulo", "2025-03-07T21:30:00Z"),
    ("07 mar 2025 - 18h30", "America/Sao_Paulo", "2025-03-07T21:30:00Z"),
    ("5.out.2024 às 18h30", "America/Sao_Paulo", "2024-10-05T21:30:00Z"),
    ("1º.mai.2024 às 18h30", "America/Sao_Paulo", "2024-05-01T21:30:00Z"),
    ("7 de Março de 2025, 8:30", "Europe/Lisbon", "2025-03-07T08:30:00Z"),
    ("7 d'abril de 2025 - 08:30", "Europe/Madrid", "2025-04-07T06:30:00Z"),
    ("7 d’octubre del 2024", "Europe/Madrid", "2024-10-07"),
    ("7 de març de 2025. Actualitzat a les 08.30 h", "Europe/Madrid", "2025-03-07"),
    ("7 martie 2025, ora 18:30", "Europe/Bucharest", "2025-03-07T16:30:00Z"),
    ("Publicat: 7 iul. 2024, 18:30", "Europe/Bucharest", "2024-07-07T15:30:00Z"),
    ("2025eko martxoaren 7a", "Europe/Madrid", "2025-03-07"),
]

NORTHERN = [
    ("7 mrt 2025 om 08:30", "Europe/Amsterdam", "2025-03-07T07:30:00Z"),
    ("Gepubliceerd op 7 maart 2025, 08:30 uur", "Europe/Amsterdam", "2025-03-07T07:30:00Z"),
    ("vrijdag 7 maart 2025 om 8.30 uur", "Europe/Amsterdam", "2025-03-07T07:30:00Z"),
    ("07-03-2025 08:30", "Europe/Amsterdam", "2025-03-07T07:30:00Z"),
    ("07-03-25, 08:30", "Europe/Amsterdam", "2025-03-07T07:30:00Z"),
    ("Laatste update: 07-03-2025, 08:30", "Europe/Amsterdam", "2025-03-07T07:30:00Z"),
    ("vr 7 mrt. 2025", "Europe/Brussels", "2025-03-07"),
    ("Publicerad 2025-03-07 08.30", "Europe/Stockholm", "2025-03-07T07:30:00Z"),
    ("Publicerad: 7 mars 2025 kl. 08.30", "Europe/Stockholm", "2025-03-07T07:30:00Z"),
    ("Publicerad 7 mars 2025 kl 08:30", "Europe/Stockholm", "2025-03-07T07:30:00Z"),
    ("Uppdaterad fredag 7 mars 2025", "Europe/Stockholm", "2025-03-07"),
    ("7. mars 2025 kl. 08:30", "Europe/Oslo", "2025-03-07T07:30:00Z"),
    ("Publisert 07.03.2025 08:30", "Europe/Oslo", "2025-03-07T07:30:00Z"),
    ("Publisert: 07.03.25 - 08:30", "Europe/Oslo", "2025-03-07T07:30:00Z"),
    ("7. mar. 2025 kl. 08.30", "Europe/Copenhagen", "2025-03-07T07:30:00Z"),
    ("Offentliggjort d. 7. marts 2025, kl. 08:30", "Europe/Copenhagen", "2025-03-07T07:30:00Z"),
    ("07. okt 2024, kl. 08:30", "Europe/Copenhagen", "2024-10-07T06:30:00Z"),
    ("Fredag d. 7. marts 2025 kl. 8:30", "Europe/Copenhagen", "2025-03-07T07:30:00Z"),
    ("7.3.2025 klo 8.30", "Europe/Helsinki", "2025-03-07T06:30:00Z"),
    ("7.3.2025 8:30", "Europe/Helsinki", "2025-03-07T06:30:00Z"),
    ("7.3.2025 8.30", "Europe/Helsinki", "2025-03-07T06:30:00Z"),
    ("Julkaistu 7. maaliskuuta 2025 klo 8.30", "Europe/Helsinki", "2025-03-07T06:30:00Z"),
    ("Perjantaina 7.3.2025", "Europe/Helsinki", "2025-03-07"),
    ("7. september 2024 kl. 08:30", "Atlantic/Reykjavik", "2024-09-07T08:30:00Z"),
    ("7. märts 2025, 08:30", "Europe/Tallinn", "2025-03-07T06:30:00Z"),
    ("2025. gada 7. martā, 08:30", "Europe/Riga", "2025-03-07T06:30:00Z"),
    ("2025 m. kovo 7 d. 08:30", "Europe/Vilnius", "2025-03-07T06:30:00Z"),
]

EASTERN = [
    ("7 marca 2025, 08:30", "Europe/Warsaw", "2025-03-07T07:30:00Z"),
    ("7 marca 2025 r.", "Europe/Warsaw", "2025-03-07"),
    ("Data publikacji: 07.03.2025 r., godz. 8:30", "Europe/Warsaw", "2025-03-07T07:30:00Z"),
    ("Opublikowano: 12 października 2024, 8:30", "Europe/Warsaw", "2024-10-12T06:30:00Z"),
    ("12 lis 2024 08:30", "Europe/Warsaw", "2024-11-12T07:30:00Z"),
    ("12 września 2024, godz. 8.30", "Europe/Warsaw", "2024-09-12T06:30:00Z"),
    ("Dodano 2025-03-07 08:30", "Europe/Warsaw", "2025-03-07T07:30:00Z"),
    ("7. 3. 2025 8:30", "Europe/Prague", "2025-03-07T07:30:00Z"),
    ("7. března 2025 8:30", "Europe/Prague", "2025-03-07T07:30:00Z"),
    ("Publikováno 12. září 2024 v 8:30", "Europe/Prague", "2024-09-12T06:30:00Z"),
    ("pátek 7. března 2025, 8.30", "Europe/Prague", "2025-03-07T07:30:00Z"),
    ("12. listopadu 2024", "Europe/Prague", "2024-11-12"),
    ("12. listopada 2024.", "Europe/Zagreb", "2024-10-12"),
    ("Objavljeno 07.03.2025. u 08:30", "Europe/Zagreb", "2025-03-07T07:30:00Z"),
    ("7. marca 2025 o 8:30", "Europe/Bratislava", "2025-03-07T07:30:00Z"),
    ("7. júla 2024 8:30", "Europe/Bratislava", "2024-07-07T06:30:00Z"),
    ("2025. március 7. 08:30", "Europe/Budapest", "2025-03-07T07:30:00Z"),
    ("2025. 03. 07. 08:30", "Europe/Budapest", "2025-03-07T07:30:00Z"),
    ("2025.03.07. 08:30", "Europe/Budapest", "2025-03-07T07:30:00Z"),
    ("Megjelent: 2024. szept. 7. 8:30", "Europe/Budapest", "2024-09-07T06:30:00Z"),
    ("07 Mart 2025 Cuma 08:30", "Europe/Istanbul", "2025-03-07T05:30:00Z"),
    ("07.03.2025 - 08:30", "Europe/Istanbul", "2025-03-07T05:30:00Z"),
    ("Giriş Tarihi: 7.3.2025 08:30 Güncelleme Tarihi: 7.3.2025 09:30", "Europe/Istanbul", "2025-03-07T05:30:00Z"),
    ("Yayınlanma: 12 Ağustos 2024 - 08:30", "Europe/Istanbul", "2024-08-12T05:30:00Z"),
    ("12 EKİM 2024, CUMARTESİ", "Europe/Istanbul", "2024-10-12"),
    ("12 Kasım 2024", "Europe/Istanbul", "2024-11-12"),
    ("7 марта 2025, 08:30", "Europe/Moscow", "2025-03-07T05:30:00Z"),
    ("7 марта 2025 г., 08:30", "Europe/Moscow", "2025-03-07T05:30:00Z"),
    ("08:30, 7 мая 2024", "Europe/Moscow", "2024-05-07T05:30:00Z"),
    ("Опубликовано 07.03.2025 в 08:30", "Europe/Moscow", "2025-03-07T05:30:00Z"),
    ("7 марта 2025 года в 08:30", "Europe/Moscow", "2025-03-07T05:30:00Z"),
    ("7 березня 2025, 08:30", "Europe/Kyiv", "2025-03-07T06:30:00Z"),
    ("П'ятниця, 7 березня 2025, 08:30", "Europe/Kyiv", "2025-03-07T06:30:00Z"),
    ("12 листопада 2024 р.", "Europe/Kyiv", "2024-11-12"),
    ("7 Μαρτίου 2025, 08:30", "Europe/Athens", "2025-03-07T06:30:00Z"),
    ("07.03.2025 | 08:30", "Europe/Athens", "2025-03-07T06:30:00Z"),
    ("7 Μαΐου 2024 8:30 μ.μ.", "Europe/Athens", "2024-05-07T17:30:00Z"),
    ("Δημοσίευση: 7 Αυγ 2024, 08:30", "Europe/Athens", "2024-08-07T05:30:00Z"),
    ("7. 3. 2025, 8:30", "Europe/Ljubljana", "2025-03-07T07:30:00Z"),
    ("7. avgust 2024 ob 8.30", "Europe/Ljubljana", "2024-08-07T06:30:00Z"),
    ("7 март 2025, 8:30", "Europe/Sofia", "2025-03-07T06:30:00Z"),
]

NOTHING = [
    "",
    " ",
    "Published",
    "Last updated",
    "Top 10 stories in May",
    "12 comments",
    "May 2025",
    "March 2025",
    "2025",
    "Issue 12, 2025",
    "08:30",
    "Published at 08:30",
    "8.30pm",
    "Friday",
    "Today",
    "Call 01743 248248",
    "020 7946 0958",
    "+44 20 7946 0958",
    "0800 123 4567",
    "01 23 45 67 89",
    "01.23.45.67.89",
    "10.0.12.25",
    "Version 5.10.20",
    "12345",
    "0",
    "0000-00-00 00:00:00",
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00",
    "1970-01-01T00:00:00Z",
    "1970-01-01",
    "January 1, 1970 12:00 am",
    "1969-12-31T19:00:00-05:00",
    "1900-01-01",
    "1900-01-01T00:00:00Z",
    "1899-12-30",
    "2025-02-30",
    "2025-02-30T08:00:00Z",
    "30 Feb 2025",
    "31/02/2025",
    "2025-13-01",
    "13/25/2025",
    "2025-03-07T25:00:00Z",
    "7 March 2025 25:00",
    "7 March 2025, 08:75",
    "2025-03-07T08:00:00+25:00",
    "2123-03-07T08:00:00Z",
    "7 March 2123",
    "9999-12-31T23:59:59Z",
    "99999999999",
    "7 March",
    "Nov 19, 6:51 AM",
    "1 day ago",
    "6 hours ago",
    "Heute, 14:05 Uhr",
    "gestern",
    "il y a 2 heures",
    "hace 3 horas",
    "just now",
    "3 min read",
    "£12.50",
    "12/25",
    "4-3-2",
    "The squad won 3-1 on 12 occasions",
    "iPhone 15 Pro",
    "null",
    "undefined",
    "Invalid Date",
    "NaN-NaN-NaN",
    "{{ article.date }}",
    "YYYY-MM-DD",
    "By Jane March",
    "April May, 34, of Telford",
]


@table(
    ("text", "timezone", "expected"),
    MACHINE + BRITISH_AND_IRISH + AMERICAN + SOUTHERN_AND_ASIAN + GERMAN + ROMANCE + NORTHERN + EASTERN,
)
def test_reads_the_stamp(text: str, timezone: str, expected: str) -> None:
    stamp = parse_timestamp(text, timezone)
    assert stamp is not None
    assert (stamp.isoformat(), stamp.raw, stamp.source) == (expected, text.strip(), "")


@table(("timezone", "text"), product([LONDON, NEW_YORK], NOTHING))
def test_what_is_no_stamp(text: str, timezone: str) -> None:
    assert parse_timestamp(text, timezone) is None


RELATIVE = [
    ("just now", "2025-03-08T12:00:00Z"),
    ("1 minute ago", "2025-03-08T11:59:00Z"),
    ("5m ago", "2025-03-08T11:55:00Z"),
    ("Published 6 hours ago", "2025-03-08T06:00:00Z"),
    ("Last updated 2 hrs ago", "2025-03-08T10:00:00Z"),
    ("an hour ago", "2025-03-08T11:00:00Z"),
    ("1 hour 20 minutes ago", "2025-03-08T10:40:00Z"),
    ("1 day ago", "2025-03-07"),
    ("3 days ago at 07:52 am", "2025-03-05T07:52:00Z"),
    ("15 hours ago | Politics", "2025-03-07T21:00:00Z"),
    ("Today", "2025-03-08"),
    ("Today at 8:30am", "2025-03-08T08:30:00Z"),
    ("Yesterday, 18:30", "2025-03-07T18:30:00Z"),
    ("vor 5 Stunden", "2025-03-08T07:00:00Z"),
    ("Vor 2 Std.", "2025-03-08T10:00:00Z"),
    ("vor einer Stunde", "2025-03-08T11:00:00Z"),
    ("vor 3 Tagen", "2025-03-05"),
    ("Heute, 09:05", "2025-03-08T09:05:00Z"),
    ("Heute, 9.05 Uhr", "2025-03-08T09:05:00Z"),
    ("gestern", "2025-03-07"),
    ("il y a 2 heures", "2025-03-08T10:00:00Z"),
    ("il y a 2 h", "2025-03-08T10:00:00Z"),
    ("Publié il y a 10 minutes", "2025-03-08T11:50:00Z"),
    ("aujourd’hui à 9h05", "2025-03-08T09:05:00Z"),
    ("hier à 18h30", "2025-03-07T18:30:00Z"),
    ("hace 3 horas", "2025-03-08T09:00:00Z"),
    ("hace una hora", "2025-03-08T11:00:00Z"),
    ("hace 2 días", "2025-03-06"),
    ("Hoy, 09:05", "2025-03-08T09:05:00Z"),
    ("há 2 horas", "2025-03-08T10:00:00Z"),
    ("Atualizado há 2 horas", "2025-03-08T10:00:00Z"),
    ("2 horas atrás", "2025-03-08T10:00:00Z"),
    ("2 ore fa", "2025-03-08T10:00:00Z"),
    ("ieri alle 18.30", "2025-03-07T18:30:00Z"),
    ("2 uur geleden", "2025-03-08T10:00:00Z"),
    ("gisteren om 18:30", "2025-03-07T18:30:00Z"),
    ("för 3 timmar sedan", "2025-03-08T09:00:00Z"),
    ("I dag kl. 09:05", "2025-03-08T09:05:00Z"),
    ("I går 18:30", "2025-03-07T18:30:00Z"),
    ("for 2 timer siden", "2025-03-08T10:00:00Z"),
    ("2 tuntia sitten", "2025-03-08T10:00:00Z"),
    ("2 godziny temu", "2025-03-08T10:00:00Z"),
    ("wczoraj, 18:30", "2025-03-07T18:30:00Z"),
    ("před 2 hodinami", "2025-03-08T10:00:00Z"),
    ("dnes 9:05", "2025-03-08T09:05:00Z"),
    ("2 órával ezelőtt", "2025-03-08T10:00:00Z"),
    ("acum 2 ore", "2025-03-08T10:00:00Z"),
    ("2 saat önce", "2025-03-08T10:00:00Z"),
    ("Dün 18:30", "2025-03-07T18:30:00Z"),
    ("2 часа назад", "2025-03-08T10:00:00Z"),
    ("Вчера, 18:30", "2025-03-07T18:30:00Z"),
    ("2 години тому", "2025-03-08T10:00:00Z"),
    ("πριν 2 ώρες", "2025-03-08T10:00:00Z"),
    ("fa 2 hores", "2025-03-08T10:00:00Z"),
    ("2 jam lalu", "2025-03-08T10:00:00Z"),
    ("منذ 3 ساعات", "2025-03-08T09:00:00Z"),
    ("3時間前", "2025-03-08T09:00:00Z"),
    ("2日前", "2025-03-06"),
    ("3小时前", "2025-03-08T09:00:00Z"),
    ("3시간 전", "2025-03-08T09:00:00Z"),
    ("Posted Nov 19, 6:51 AM", "2024-11-19T06:51:00Z"),
    ("7 March", "2025-03-07"),
    ("9 March", "2025-03-09"),
    ("10 March", "2024-03-10"),
    ("29 Feb", "2024-02-29"),
    ("Saturday 8 March, 09:05", "2025-03-08T09:05:00Z"),
    ("7.3. klo 8.30", "2025-03-07T08:30:00Z"),
    ("3月7日 8時30分", "2025-03-07T08:30:00Z"),
    ("12 Octobre à 17h45", "2024-10-12T16:45:00Z"),
    ("Published 7 March 2025, 2 minutes ago", "2025-03-07"),
]


@table(("text", "expected"), RELATIVE)
def test_what_needs_the_time_of_the_fetch(text: str, expected: str) -> None:
    stamp = parse_timestamp(text, LONDON, FETCHED)
    assert stamp is not None
    assert (stamp.isoformat(), stamp.raw) == (expected, text)


@table(
    "text",
    [
        "He was arrested 5 hours ago",
        "Today's top stories",
        "Subscribe today",
        "Top 10 May events",
        "On 7 March the council will meet",
        "From 5 May to 7 May at the Civic Hall",
        "3 min read",
        "2 weeks ago",
        "4 months ago",
        "5 years ago",
        "12/25",
        "Scored 3 of 5",
        "Comments 24",
        "The council, which met last week, said the bridge would open to traffic again — today, that seems a distant hope",
    ],
)
def test_prose_stays_prose_even_with_the_time_of_the_fetch(text: str) -> None:
    assert parse_timestamp(text, LONDON, FETCHED) is None


def test_relative_days_are_days_of_the_place() -> None:
    late = datetime(2025, 3, 8, 3, 0, tzinfo=UTC)  # still the 7th in New York
    assert str(parse_timestamp("Today", NEW_YORK, late)) == "2025-03-07"
    assert str(parse_timestamp("yesterday", NEW_YORK, late)) == "2025-03-06"


def test_the_future_is_refused_beyond_two_days() -> None:
    assert parse_timestamp("2025-03-10T11:59:00Z", LONDON, FETCHED) is not None
    assert parse_timestamp("2025-03-10T12:01:00Z", LONDON, FETCHED) is None
    assert parse_timestamp("11 March 2025", LONDON, FETCHED) is None
    assert parse_timestamp("2025-03-10T12:01:00Z", LONDON) is not None


@table(
    ("text", "timezone", "expected"),
    [
        # Own letters, right or wrong for the season: the wall clock.
        ("Published 21st Feb 2025, 08:29 BST", LONDON, "2025-02-21T08:29:00Z"),
        ("Published 21st Jul 2025, 08:29 GMT", LONDON, "2025-07-21T07:29:00Z"),
        ("21 Jul 2025 08:29 EST", NEW_YORK, "2025-07-21T12:29:00Z"),
        ("21 Jul 2025 08:29 CET", BERLIN, "2025-07-21T06:29:00Z"),
        ("21 Jan 2025 08:29 MESZ", BERLIN, "2025-01-21T07:29:00Z"),
        ("21 Jul 2025 08:29 BST", DUBLIN, "2025-07-21T07:29:00Z"),
        ("21 Jul 2025 08:29 GMT", DUBLIN, "2025-07-21T07:29:00Z"),
        ("21 Jan 2025 08:29 IST", "Asia/Jerusalem", "2025-01-21T06:29:00Z"),
        ("21 Jan 2025 08:29 CST", "Asia/Shanghai", "2025-01-21T00:29:00Z"),
        ("21 Jan 2025 08:29 PST", "Asia/Manila", "2025-01-21T00:29:00Z"),
        # Letters of another place: theirs.
        ("21 Jan 2025 08:29 EST", LONDON, "2025-01-21T13:29:00Z"),
        ("21 Jul 2025 08:29 CEST", LONDON, "2025-07-21T06:29:00Z"),
        ("21 Jul 2025 08:29 UTC", LONDON, "2025-07-21T08:29:00Z"),
        ("21 Jul 2025 08:29 GMT", BERLIN, "2025-07-21T08:29:00Z"),
        ("21 Jul 2025 08:29 GMT", "Asia/Kolkata", "2025-07-21T08:29:00Z"),
        ("21 Jan 2025 08:29 PST", NEW_YORK, "2025-01-21T16:29:00Z"),
        ("21 Jul 2025 08:29 AEST", LONDON, "2025-07-20T22:29:00Z"),
        ("21 Jul 2025 08:29 CAT", LONDON, "2025-07-21T06:29:00Z"),
        ("21 Jul 2025 08:29 ART", LONDON, "2025-07-21T11:29:00Z"),
        ("21 Jul 2025 08:29 AEDT", "Australia/Brisbane", "2025-07-20T21:29:00Z"),
        ("21 Jul 2025 08:29 gmt", BERLIN, "2025-07-21T08:29:00Z"),
        # Seconds mark a machine, and a machine's GMT is meant.
        ("Mon, 21 Jul 2025 08:29:15 GMT", LONDON, "2025-07-21T08:29:15Z"),
        ("Mon Jul 21 08:29:15 GMT 2025", DUBLIN, "2025-07-21T08:29:15Z"),
        # Zone unknown: the letters are all there is.
        ("21 Jul 2025 08:29 BST", "UTC", "2025-07-21T07:29:00Z"),
        ("21 Jul 2025 08:29 BST", "Mars/Olympus", "2025-07-21T07:29:00Z"),
        ("21 Jan 2025 08:29 IST", "UTC", "2025-01-21T02:59:00Z"),
        ("21 Jan 2025 8:29 a.m. ET", "UTC", "2025-01-21T13:29:00Z"),
        # Figures always win.
        ("21 Jul 2025 08:29 +0000", LONDON, "2025-07-21T08:29:00Z"),
        ("21 Jul 2025 08:29 BST+0000", LONDON, "2025-07-21T08:29:00Z"),
        ("21 Jul 2025 08:29 GMT+3", LONDON, "2025-07-21T05:29:00Z"),
        ("21 Jul 2025 08:29 (UTC +5:30)", LONDON, "2025-07-21T02:59:00Z"),
        # Words that look like letters.
        ("Am 21. Januar 2025 um 08:29 ist es kalt", LONDON, "2025-01-21T08:29:00Z"),
        ("PUBLIÉ LE 21 JANVIER 2025 À 08:29 ET MODIFIÉ À 09:00", PARIS, "2025-01-21T07:29:00Z"),
        ("Il 21 gennaio 2025 alle 08:29 est", "Europe/Rome", "2025-01-21T07:29:00Z"),
        # The hour that does not exist, and the one that comes twice.
        ("30 March 2025 01:30", LONDON, "2025-03-30T01:30:00Z"),
        ("2025-03-30T02:30:00", BERLIN, "2025-03-30T01:30:00Z"),
        ("26 October 2025 01:30", LONDON, "2025-10-26T00:30:00Z"),
        ("26 October 2025 01:30 BST", LONDON, "2025-10-26T00:30:00Z"),
        ("26 October 2025 01:30 GMT", LONDON, "2025-10-26T01:30:00Z"),
        ("2 November 2025 1:30 a.m. EDT", NEW_YORK, "2025-11-02T05:30:00Z"),
        ("2 November 2025 1:30 a.m. EST", NEW_YORK, "2025-11-02T06:30:00Z"),
        ("26 October 2025 01:30 GMT", DUBLIN, "2025-10-26T01:30:00Z"),
    ],
)
def test_zone_letters_are_advice_and_offsets_are_not(text: str, timezone: str, expected: str) -> None:
    assert str(parse_timestamp(text, timezone)) == expected


@table(
    ("text", "precision"),
    [
        ("2025-03-07", Precision.DAY),
        ("7 March 2025", Precision.DAY),
        ("2025-03-07T08:00Z", Precision.MINUTE),
        ("7 March 2025, 8pm", Precision.MINUTE),
        ("7 mars 2025 à 18h", Precision.MINUTE),
        ("2025-03-07T08:00:00Z", Precision.SECOND),
        ("2025年3月7日 8時30分15秒", Precision.SECOND),
        ("1741334400", Precision.SECOND),
    ],
)
def test_precision(text: str, precision: Precision) -> None:
    stamp = parse_timestamp(text, LONDON)
    assert stamp is not None
    assert stamp.precision is precision


LABELLED = [
    ("Published 6th Mar 2025, 23:30 GMT Last updated 7th Mar 2025, 08:10 GMT", LONDON,
     "2025-03-06T23:30:00Z", "2025-03-07T08:10:00Z"),
    ("Published 6th Mar 2025, 23:30 GMT", LONDON, "2025-03-06T23:30:00Z", None),
    ("Updated 6th Mar 2025, 23:30 GMT", LONDON, None, "2025-03-06T23:30:00Z"),
    ("6 March 2025, 23:30", LONDON, "2025-03-06T23:30:00Z", None),
    ("2025-03-06T23:30:00Z", LONDON, "2025-03-06T23:30:00Z", None),
    ("Published", LONDON, None, None),
    ("By Jane RoePublished 6th Mar 2025, 23:30 GMTUpdated 7th Mar 2025, 08:10 GMT", LONDON,
     "2025-03-06T23:30:00Z", "2025-03-07T08:10:00Z"),
    ("Posted: Mar 07, 2025 4:00 AM EST | Last Updated: March 8", "America/Toronto", "2025-03-07T09:00:00Z", "2025-03-08"),
    ("Posted: Dec 31, 2024 4:00 PM EST | Last Updated: January 1", "America/Toronto", "2024-12-31T21:00:00Z", "2025-01-01"),
    ("Updated Nov 20, 6:55 AM; Posted Nov 19, 2019, 6:51 AM", NEW_YORK, "2019-11-19T11:51:00Z", "2019-11-20T11:55:00Z"),
    ("07:34, 3 NOV 2023UPDATED08:41, 3 NOV 2023", LONDON, "2023-11-03T07:34:00Z", "2023-11-03T08:41:00Z"),
    ("Published: 22:04, 22 April 2024 | Updated: 23:04, 22 April 2024", LONDON,
     "2024-04-22T21:04:00Z", "2024-04-22T22:04:00Z"),
    ("Updated: 23:04, 22 April 2024 Published: 22:04, 22 April 2024", LONDON,
     "2024-04-22T21:04:00Z", "2024-04-22T22:04:00Z"),
    ("First published on Fri 7 Mar 2025 08.30 GMT Last modified on Fri 7 Mar 2025 09.30 GMT", LONDON,
     "2025-03-07T08:30:00Z", "2025-03-07T09:30:00Z"),
    ("March 7, 2025 08:30 am | Updated 09:00 am IST", "Asia/Kolkata", "2025-03-07T03:00:00Z", "2025-03-07T03:30:00Z"),
    ("Updated March 7, 2025 — 9.00am, first published at 8.30am", "Australia/Sydney",
     "2025-03-06T21:30:00Z", "2025-03-06T22:00:00Z"),
    ("March 7, 2025Updated 8:30 a.m. ET", NEW_YORK, "2025-03-07", "2025-03-07T13:30:00Z"),
    ("Published: Mar. 7, 2025 at 8:30 AM EST|Updated: Mar. 7, 2025 at 9:00 AM EST|", NEW_YORK,
     "2025-03-07T13:30:00Z", "2025-03-07T14:00:00Z"),
    ("Veröffentlicht am 07.03.2025 um 8:30 Uhr, aktualisiert am 08.03.2025 um 9 Uhr", BERLIN,
     "2025-03-07T07:30:00Z", "2025-03-08T08:00:00Z"),
    ("Erstellt: 07.03.2025, 08:30 Uhr Stand: 07.03.2025, 09:30 Uhr", BERLIN,
     "2025-03-07T07:30:00Z", "2025-03-07T08:30:00Z"),
    ("Publié le 07/03/2025 à 08h30, mis à jour le 08/03/2025 à 09h00", PARIS,
     "2025-03-07T07:30:00Z", "2025-03-08T08:00:00Z"),
    ("Publié le 7 mars 2025 à 8h30, mis à jour à 9h", PARIS, "2025-03-07T07:30:00Z", "2025-03-07T08:00:00Z"),
    ("Mis en ligne le 7 mars 2025. Dernière mise à jour : 8 mars 2025", PARIS, "2025-03-07", "2025-03-08"),
    ("Publicado: 07/03/2025 08:30 Actualizado: 07/03/2025 09:30", "Europe/Madrid",
     "2025-03-07T07:30:00Z", "2025-03-07T08:30:00Z"),
    ("7 de marzo de 2025. Última actualización: 8 de marzo de 2025", "Europe/Madrid", "2025-03-07", "2025-03-08"),
    ("Pubblicato il 7 marzo 2025 ore 8:30 - Aggiornato il 7 marzo 2025 ore 9:30", "Europe/Rome",
     "2025-03-07T07:30:00Z", "2025-03-07T08:30:00Z"),
    ("Publicado em 07/03/2025 às 8h30 Atualizado em 07/03/2025 às 9h30", "America/Sao_Paulo",
     "2025-03-07T11:30:00Z", "2025-03-07T12:30:00Z"),
    ("Gepubliceerd: 07-03-2025 08:30 Laatste update: 07-03-2025 09:30", "Europe/Amsterdam",
     "2025-03-07T07:30:00Z", "2025-03-07T08:30:00Z"),
    ("Publicerad 7 mars 2025 Uppdaterad 8 mars 2025", "Europe/Stockholm", "2025-03-07", "2025-03-08"),
    ("Publisert 07.03.2025 08:30 Sist oppdatert 07.03.2025 09:30", "Europe/Oslo",
     "2025-03-07T07:30:00Z", "2025-03-07T08:30:00Z"),
    ("Julkaistu 7.3.2025 8:30 | Päivitetty 7.3.2025 9:30", "Europe/Helsinki",
     "2025-03-07T06:30:00Z", "2025-03-07T07:30:00Z"),
    ("Data publikacji: 7 marca 2025, aktualizacja: 8 marca 2025", "Europe/Warsaw", "2025-03-07", "2025-03-08"),
    ("Giriş Tarihi: 7.3.2025 08:30 Güncelleme Tarihi: 7.3.2025 09:30", "Europe/Istanbul",
     "2025-03-07T05:30:00Z", "2025-03-07T06:30:00Z"),
    ("Опубликовано 7 марта 2025 Обновлено 8 марта 2025", "Europe/Moscow", "2025-03-07", "2025-03-08"),
    ("Foilsithe 7 Márta 2025 Nuashonraithe 8 Márta 2025", DUBLIN, "2025-03-07", "2025-03-08"),
    ("Cyhoeddwyd 7 Mawrth 2025 Diweddarwyd 8 Mawrth 2025", LONDON, "2025-03-07", "2025-03-08"),
    ("公開日:2025年3月7日 更新日:2025年3月8日", "Asia/Tokyo", "2025-03-07", "2025-03-08"),
    ("입력 2025-03-07 08:30 수정 2025-03-07 09:30", "Asia/Seoul", "2025-03-06T23:30:00Z", "2025-03-07T00:30:00Z"),
]  # fmt: skip


@table(("text", "timezone", "published", "modified"), LABELLED)
def test_labels_tell_published_from_modified(text: str, timezone: str, published: str | None, modified: str | None) -> None:
    found = tuple(str(stamp) if stamp else None for stamp in parse_labelled(text, timezone))
    assert found == (published, modified)


def test_relative_update_of_a_printed_publication() -> None:
    line = "Published Mar 07, 2025  •  Last updated 2 hours ago  •  3 minute read"
    found = [str(stamp) for stamp in parse_labelled(line, "America/Toronto", FETCHED)]
    assert found == ["2025-03-07", "2025-03-08T10:00:00Z"]
    assert parse_labelled(line, "America/Toronto")[1] is None


PRINTED_IN = st.sampled_from(
    [
        "%d %B %Y, %H:%M",
        "%B %d, %Y %I:%M %p",
        "%H:%M, %d %b %Y",
        "%I.%M%p, %a %d %B %Y",
        "%d.%m.%Y, %H:%M Uhr",
        "%Y-%m-%d %H:%M",
        "%d/%m/%Y %Hh%M",
        "%d.%m.%y - %H.%M",
        "%Y年%m月%d日 %H:%M",
        "%a, %d %b %Y %H:%M",
    ]
)
MOMENTS = st.datetimes(datetime.fromisoformat("2000-01-01"), datetime.fromisoformat("2060-12-31"))


@settings(max_examples=150, deadline=None)
@given(MOMENTS, PRINTED_IN)
def test_reads_back_what_was_printed(moment: datetime, form: str) -> None:
    stamp = parse_timestamp(moment.strftime(form), "UTC")
    assert stamp is not None
    assert stamp.instant == moment.replace(second=0, microsecond=0, tzinfo=UTC)


@settings(max_examples=100, deadline=None)
@given(MOMENTS, st.sampled_from([LONDON, BERLIN, NEW_YORK, "Asia/Kolkata", "Pacific/Apia"]))
def test_the_stored_form_reads_back_as_itself(moment: datetime, timezone: str) -> None:
    for stamp in (
        Timestamp(moment.replace(microsecond=0, tzinfo=UTC), Precision.SECOND),
        Timestamp(moment.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=UTC), Precision.DAY),
    ):
        assert parse_timestamp(stamp.isoformat(), timezone) == Timestamp(stamp.instant, stamp.precision, stamp.isoformat())


HOSTILE = st.one_of(
    st.text(max_size=400),
    st.text("0123456789:.,/-+ TZhamp年月日", max_size=400),
    st.lists(
        st.sampled_from(
            ["7", "31", "2025", "March", "mar", "Updated", "ago", "vor", "8:30", "24:00", "pm", "p.m.", "GMT", "+14:00", "h",
             "Europe/London", "/", "-", ".", "|", "今日", "٣", "noon", "midnight", "99:99", "9999", "0001", "\udc80", "\x00"]
        ),
        max_size=40,
    ).map(" ".join),
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(HOSTILE, st.sampled_from([LONDON, NEW_YORK, "UTC", "", "../etc/passwd", "Europe", "\x00"]), st.booleans())
def test_never_raises_and_stays_in_bounds(text: str, timezone: str, with_fetch: bool) -> None:
    fetched = FETCHED if with_fetch else None
    for stamp in (parse_timestamp(text, timezone, fetched), *parse_labelled(text, timezone, fetched)):
        if stamp is not None:
            assert stamp.instant.tzinfo is UTC
            assert 1900 <= stamp.instant.year <= 2100
            assert stamp.instant.microsecond == 0
            assert len(stamp.raw) <= MAX_CHARS
            assert stamp.raw == stamp.raw.strip()
            assert fetched is None or stamp.instant <= fetched + timedelta(hours=48)


def test_reads_no_further_than_the_limit() -> None:
    assert parse_timestamp("word " * 80 + "7 March 2025", LONDON) is None
    assert str(parse_timestamp(" " * 500 + "7 March 2025" + " word" * 100_000, LONDON)) == "2025-03-07"


@table(
    "text",
    [
        "1 " * 150,
        "12:30 " * 50,
        "7 March " * 40,
        "a.m. " * 60,
        "1.1." * 75,
        "mars/" * 60,
        "前" * 300,
        "(" * 300,
        "ﷺ" * 300,
        "㏠" * 300,
    ],
)
def test_hostile_text_holds_no_time(text: str) -> None:
    """A pattern that runs away would reach the time limit of a test."""
    assert parse_timestamp(text, LONDON, FETCHED) is None


@pytest.mark.skipif(not FACTS.exists(), reason="the shared facts are not beside this checkout")
def test_the_facts() -> None:
    with FACTS.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["needs"] == "plain"]
    found = [str(parse_timestamp(row["raw"], row["timezone"]) or "") for row in rows]
    assert found == [row["expected_utc"] for row in rows]
