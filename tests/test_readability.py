"""The formulas for plain language, against figures counted by hand."""

from __future__ import annotations

import pytest

from luwte.readability import read


def test_dutch_is_counted_by_the_formula_of_douma():
    # je moe-der is thuis, bel haar op, wacht e-ven
    counted = read("Je moeder is thuis. Bel haar op!\n\nWacht even", "nl")

    assert counted[:3] == (9, 3, 11)
    assert counted.score == pytest.approx(206.84 - 0.77 * 100 * 11 / 9 - 0.93 * 9 / 3, abs=0.05)


def test_english_is_counted_by_the_formula_of_flesch():
    counted = read("Your mother is at home. Call her.", "en")

    assert counted[:3] == (7, 2, 8)
    assert counted.score == pytest.approx(206.835 - 84.6 * 8 / 7 - 1.015 * 7 / 2, abs=0.05)


def test_an_item_of_a_list_does_not_run_on_into_the_next():
    assert read("- een mes\n- een riem\n", "nl").sentences == 2


def test_a_link_counts_by_its_words_and_a_number_does_not_count():
    assert read("Bel [de lijn](tel:08002000) op 0800-2000.", "nl").words == 4


def test_a_syllable_of_one_letter_counts():
    assert read("over", "nl").syllables == 2


def test_no_words_are_easy():
    assert read("", "nl").score == 100
