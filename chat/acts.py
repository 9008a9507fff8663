"""What staff can do, one code and one sentence each: the words of the audit trail.

A code stands in the database for a year: never give an old one another meaning.
"""

from __future__ import annotations

from typing import Any

from .texts import lazy_gettext as _

ACTS: dict[str, Any] = {
    # The desk and one's own account.
    "desk.sign_in": _("logde in"),
    "desk.sign_out": _("logde uit"),
    "desk.status": _("veranderde de eigen status of dienst"),
    "account.open": _("nam een uitnodiging aan en koos een wachtwoord"),
    "account.password": _("veranderde het eigen wachtwoord"),
    "account.passkey_add": _("voegde een passkey toe"),
    "account.passkey_name": _("gaf een passkey een andere naam"),
    "account.passkey_remove": _("verwijderde een passkey"),
    # Around a chat; these are never stopped by a trail that cannot be written.
    "chat.take": _("nam een gesprek aan"),
    "chat.end": _("rondde een gesprek af"),
    "chat.offer": _("bood een gesprek aan een collega aan"),
    "chat.withdraw": _("trok het aanbod van een gesprek in"),
    "chat.accept": _("nam een gesprek van een collega over"),
    "chat.decline": _("nam een gesprek van een collega niet over"),
    "chat.transfer": _("droeg een gesprek over aan een regio of wachtrij"),
    "chat.ask": _("vroeg een collega mee te kijken"),
    "chat.watch": _("keek mee met een gesprek"),
    "chat.leave": _("stopte met meekijken"),
    "chat.whisper": _("fluisterde bij een gesprek"),
    "chat.card_112": _("liet een bezoeker de kaart met 112 zien"),
    "chat.article": _("stuurde een bezoeker een artikel"),
    "chat.code_ask": _("vroeg een bezoeker om het codewoord"),
    "chat.code_right": _("keurde een codewoord goed"),
    "chat.keep_out": _("hield een bezoeker een tijd buiten"),
    # The office.
    "staff.add": _("maakte een account voor iemand"),
    "staff.role": _("veranderde de rol van iemand"),
    "staff.regions": _("veranderde de regio’s van iemand"),
    "staff.name": _("veranderde de naam van iemand"),
    "staff.reset": _("gaf iemand een link voor een nieuw wachtwoord"),
    "staff.disable": _("sloot het account van iemand"),
    "staff.enable": _("opende het account van iemand weer"),
    "hours.week": _("veranderde de openingstijden van een week"),
    "hours.day": _("veranderde de openingstijden van een dag"),
    "hours.holidays": _("nam de feestdagen over"),
    "hours.open": _("opende de chat"),
    "hours.close": _("sloot de chat"),
    "hours.scheme": _("liet de chat weer de openingstijden volgen"),
    "answers.add": _("maakte een kant-en-klaar antwoord"),
    "answers.edit": _("veranderde een kant-en-klaar antwoord"),
    "answers.remove": _("verwijderde een kant-en-klaar antwoord"),
    "texts.edit": _("veranderde een tekst van de chat"),
    "texts.reset": _("zette een tekst van de chat terug"),
    "keep_out.lift": _("liet iedereen weer toe die buiten was gehouden"),
    "figures.export": _("haalde cijfers op als bestand"),
    "audit.export": _("haalde het logboek op als bestand"),
}
