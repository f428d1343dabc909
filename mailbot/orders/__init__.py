"""Accounts that a person opens and closes: SIAGIE has no interface, and a captcha at its door.

What was approved becomes items; what is wanted of one person becomes an order, a letter with a
token. ``HECHO`` from that person, proven, ends items; the others are told only then. The order in
which it happens is the saga's, as with any directory: the old account first.

``directory``  what a change asks for → items; what was answered → what a directory would say
``writing``    items → orders, reminders, orders anew
``hearing``    the answer
``keys``       what the holder is to enter with, where the person typed it
"""

from mailbot.orders.directory import opened
from mailbot.orders.hearing import answered_without_token, answers, hear
from mailbot.orders.writing import remind, write_due

__all__ = ["answered_without_token", "answers", "hear", "opened", "remind", "write_due"]
