"""The sentences that the chat says by itself, in the page's language."""

from __future__ import annotations

from .clean import BadInput
from .conversation import Message
from .texts import gettext as _
from .texts import lazy_gettext as later

PHONE = later("0800-2000")

TOPICS = {
    "partner": later("Mijn partner of ex"),
    "child": later("Zorgen over een kind"),
    "home": later("Mijn ouders of familie"),
    "sexual": later("Iets seksueels dat ik niet wilde"),
    "elder": later("Een oudere"),
    "own": later("Mijn eigen gedrag"),
    "else": later("Iets anders"),
}


def said_by_system(message: Message) -> str:
    """What a system message's code means to the reader."""
    if message.text == "joined":
        return _("%(name)s is er nu voor je.", name=message.name)
    if message.text == "handed":
        return _("Je praat nu verder met %(name)s.", name=message.name)
    if message.text == "left":
        return _(
            "Je medewerker moest stoppen. Je bent niet alleen: een collega neemt het zo snel "
            "mogelijk over en kan lezen wat je schreef."
        )
    if message.text == "dropped":
        return _(
            "De verbinding met je medewerker is weg. Je bent niet alleen: een collega neemt het "
            "zo snel mogelijk over en kan lezen wat je schreef."
        )
    if message.text == "quiet":
        return _("Het is al een tijdje stil. Ben je er nog? Anders stopt dit gesprek zo.")
    return message.text


def fault(error: BadInput) -> str:
    """What is wrong with something that was typed or chosen."""
    if error.code == "empty":
        return _("Typ eerst een bericht.")
    if error.code == "too-long":
        return _("Dit is te lang: het mag %(most)s tekens zijn.", most=error.details["most"])
    if error.code == "choose":
        return _("Maak hier een keuze uit de lijst.")
    if error.code == "missing":
        return _("Vul dit in.")
    if error.code == "number":
        return _("Vul een getal in van 0 tot en met %(most)s.", most=error.details["most"])
    return _("Hier klopt iets niet. Kijk het na en probeer het opnieuw.")
