"""The tools: pages on which somebody ticks, chooses or writes, and reads what that means.

What is filled in goes nowhere. Which outcome is shown is decided by the style sheet, which knows
outcomes and reasons by their numbers: so there is a most of each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from markupsafe import escape

from .front_matter import Fault, FrontMatter, quoted

SUFFIX = ".tool.yml"
TOOL_KEYS = ("paper", "intro", "parts", "outcomes")
PART_KEYS = ("title", "fold", "text", "tick", "outcome", "ask", "write")
QUESTION_KEYS = ("question", "hint", "answers")
ANSWER_KEYS = ("text", "outcome", "because")
FIELD_KEYS = ("label", "hint", "lines")
OUTCOME_KEYS = ("id", "title", "when", "text", "next")
FOLDS = ("open", "closed")
MOST_LINES = 12
# As many as style.css has rules for, in its part "tools".
MOST_OUTCOMES, MOST_REASONS = 5, 8


@dataclass(eq=False)
class Text:
    """Markdown, and the line of its file on which it begins."""

    markdown: str
    line: int
    # Drawn when somebody first reads it, when every page that it links to is known.
    draw: Callable[[], str] = field(default=lambda: "", repr=False)

    @cached_property
    def html(self) -> str:
        return self.draw()


@dataclass(frozen=True)
class Answer:
    """To one question only one can be chosen."""

    text: str
    # The number of the outcome it leads to, and of the reason it gives; 0 for none.
    outcome: int
    reason: int


@dataclass(frozen=True)
class Question:
    # Counted through the whole tool, from 1.
    number: int
    text: str
    hint: str
    answers: list[Answer]


@dataclass(frozen=True)
class Field:
    """Room to write, of so many lines."""

    label: str
    hint: str
    lines: int


@dataclass(frozen=True)
class Part:
    title: str
    # One of FOLDS, or "": then it cannot be folded.
    fold: str
    text: Text | None
    ticks: list[str]
    # The number of the outcome that each tick leads to; 0 for none.
    outcome: int
    questions: list[Question]
    fields: list[Field]
    # Where it stands in its file.
    line: int


@dataclass(frozen=True)
class Reason:
    """Why an answer leads to an outcome."""

    number: int
    question: int
    answer: str
    text: str


@dataclass(eq=False)
class Outcome:
    """Of those that apply, the one with the lowest number is shown."""

    id: str
    number: int
    title: str
    # In one sentence when it applies; for browsers that cannot choose the outcome themselves.
    when: str
    text: Text
    # As in an article's front matter.
    next: str
    next_line: int
    reasons: list[Reason] = field(default_factory=list)
    # No answer leads to it: it applies when all questions were answered and no other does.
    otherwise: bool = False


@dataclass(frozen=True)
class Tool:
    # The title on paper: it tells nobody what this is about.
    paper: str
    intro: Text
    parts: list[Part]
    outcomes: list[Outcome]

    def markdown(self) -> Iterator[Text]:
        """Every text that may hold links."""
        yield self.intro
        yield from (part.text for part in self.parts if part.text)
        yield from (outcome.text for outcome in self.outcomes)

    def texts(self) -> list[str]:
        """All that is read, as pieces of Markdown in the order of the page."""
        found = [self.intro.markdown]
        for part in self.parts:
            found += [part.title, part.text.markdown if part.text else "", *part.ticks]
            for question in part.questions:
                found += [question.text, question.hint, *(a.text for a in question.answers)]
            for one in part.fields:
                found += [one.label, one.hint]
        for outcome in self.outcomes:
            found += [outcome.title, outcome.when, *(reason.text for reason in outcome.reasons)]
            found.append(outcome.text.markdown)
        return [text for text in found if text]

    def html(self) -> str:
        """All that is read, sanitised, without anything to fill in."""
        return "".join(self._drawn())

    def _drawn(self) -> Iterator[str]:
        yield self.intro.html
        for part in self.parts:
            yield f"<h2>{escape(part.title)}</h2>\n{part.text.html if part.text else ''}"
            asked = [question.text for question in part.questions]
            written = [one.label for one in part.fields]
            yield _listed([*part.ticks, *asked, *written])
        for outcome in self.outcomes:
            yield f"<h2>{escape(outcome.title)}</h2>\n<p>{escape(outcome.when)}</p>\n"
            yield _listed([reason.text for reason in outcome.reasons]) + outcome.text.html

    def shape(self) -> list[tuple[object, ...]]:
        """What its twin must have too, part by part, and the outcomes last."""
        return [
            *(
                (len(p.ticks), p.outcome, len(p.fields), [_led(q) for q in p.questions])
                for p in self.parts
            ),
            tuple(outcome.id for outcome in self.outcomes),
        ]


def _led(question: Question) -> list[int]:
    return [answer.outcome for answer in question.answers]


def _listed(items: list[str]) -> str:
    lines = "".join(f"<li>{escape(item)}</li>\n" for item in items)
    return f"<ul>\n{lines}</ul>\n" if lines else ""


def check_twin(tool: Tool, twin: Tool, matter: FrontMatter, lang: str) -> Iterator[Fault]:
    """`matter` is the tool's. What was filled in stays when somebody takes the other language."""
    ours, theirs = tool.shape(), twin.shape()
    if ours == theirs:
        return
    where, line = "its parts or outcomes", matter.line("parts")
    if len(ours) == len(theirs) and ours[-1] == theirs[-1]:
        part = next(part for part, a, b in zip(tool.parts, ours, theirs, strict=False) if a != b)
        where, line = f"the part {quoted(part.title)}", part.line
    text = (
        f"its twin in {lang!r} differs in {where}: give both the same number of things to tick, "
        "ask and write, and the same outcomes."
    )
    yield Fault(matter.path, line, text)


def read_tool(matter: FrontMatter) -> Tool:
    """What the facts say; what is wrong with them is told in `matter.faults`."""
    return _Reading(matter).tool()


class _Reading:
    """One reading of one file. Outcomes come first, for all that leads to them."""

    def __init__(self, matter: FrontMatter) -> None:
        self._matter = matter
        self._outcomes: dict[str, Outcome] = {}
        self._led_to: set[str] = set()
        self._questions = 0
        self._reasons = 0

    def tool(self) -> Tool:
        for facts in self._matter.parts("outcomes", may_be_absent=True):
            self._outcome(facts)
        tool = Tool(
            self._matter.text("paper"),
            _text(self._matter, "intro"),
            [self._part(facts) for facts in self._matter.parts("parts")],
            list(self._outcomes.values()),
        )
        self._check_outcomes()
        return tool

    def _outcome(self, facts: FrontMatter) -> None:
        facts.allow(OUTCOME_KEYS)
        outcome = Outcome(
            id=facts.name("id"),
            number=len(self._outcomes) + 1,
            title=facts.text("title"),
            when=facts.text("when"),
            text=_text(facts, "text"),
            next=facts.text("next"),
            next_line=facts.line("next"),
        )
        if outcome.id in self._outcomes:
            facts.fault("id", f"'id' is {outcome.id!r} a second time: give this outcome another.")
        elif outcome.number > MOST_OUTCOMES:
            facts.fault("id", f"is an outcome too many: a tool may have {MOST_OUTCOMES}.")
        self._outcomes.setdefault(outcome.id, outcome)

    def _part(self, facts: FrontMatter) -> Part:
        facts.allow(PART_KEYS)
        text = _text(facts, "text", may_be_absent=True)
        ticks = [tick for _, tick in facts.texts("tick", may_be_absent=True)]
        outcome = self._leads_to(facts)
        if outcome and not ticks:
            facts.fault(
                "outcome", "has nothing to tick that leads to it: add 'tick', or remove it."
            )
        fold = facts.text("fold", may_be_absent=True)
        if fold and fold not in FOLDS:
            known = " or ".join(FOLDS)
            facts.fault("fold", f"'fold' is {quoted(fold)}: choose {known}, or remove the line.")
        part = Part(
            title=facts.text("title"),
            fold=fold,
            text=text if text.markdown else None,
            ticks=ticks,
            outcome=outcome.number if outcome else 0,
            questions=[self._question(one) for one in facts.parts("ask", may_be_absent=True)],
            fields=[_field(one) for one in facts.parts("write", may_be_absent=True)],
            line=facts.first_line,
        )
        if not (part.text or part.ticks or part.questions or part.fields):
            facts.fault("title", "has nothing below its title: add text, tick, ask or write.")
        return part

    def _question(self, facts: FrontMatter) -> Question:
        facts.allow(QUESTION_KEYS)
        self._questions += 1
        answers = [self._answer(one) for one in facts.parts("answers")]
        if len(answers) == 1:
            facts.fault("answers", "has one answer: give at least two to choose from.")
        hint = facts.text("hint", may_be_absent=True)
        return Question(self._questions, facts.text("question"), hint, answers)

    def _answer(self, facts: FrontMatter) -> Answer:
        facts.allow(ANSWER_KEYS)
        text, outcome = facts.text("text"), self._leads_to(facts)
        because = facts.text("because", may_be_absent=True)
        reason = self._reason(facts, outcome, text, because) if because else 0
        return Answer(text, outcome.number if outcome else 0, reason)

    def _reason(
        self, facts: FrontMatter, outcome: Outcome | None, answer: str, because: str
    ) -> int:
        if outcome is None:
            facts.fault("because", "is a reason for no outcome: add a line 'outcome: ...' to it.")
            return 0
        self._reasons += 1
        if self._reasons > MOST_REASONS:
            facts.fault("because", f"is a reason too many: a tool may have {MOST_REASONS}.")
        outcome.reasons.append(Reason(self._reasons, self._questions, answer, because))
        return self._reasons

    def _leads_to(self, facts: FrontMatter) -> Outcome | None:
        id = facts.text("outcome", may_be_absent=True)
        if not id:
            return None
        self._led_to.add(id)
        if id not in self._outcomes:
            facts.fault(
                "outcome", f"there is no outcome {quoted(id)}: correct it, or add that one."
            )
        return self._outcomes.get(id)

    def _check_outcomes(self) -> None:
        unreached = [one for one in self._outcomes.values() if one.id not in self._led_to]
        for one in unreached:
            one.otherwise = one.number == len(self._outcomes) and self._questions > 0
            if not one.otherwise:
                text = (
                    f"nothing leads to the outcome {one.id!r}: name it in an answer or a part. "
                    "Only the last outcome of a tool that asks questions can do without."
                )
                self._matter.fault("outcomes", text)


def _field(facts: FrontMatter) -> Field:
    facts.allow(FIELD_KEYS)
    lines = facts.number("lines") if facts.has("lines") else 2
    if not 1 <= lines <= MOST_LINES:
        facts.fault("lines", f"'lines' is {lines}: give a number from 1 to {MOST_LINES}.")
    return Field(facts.text("label"), facts.text("hint", may_be_absent=True), lines)


def _text(facts: FrontMatter, name: str, *, may_be_absent: bool = False) -> Text:
    line, markdown = facts.markdown(name, may_be_absent=may_be_absent)
    return Text(markdown, line)
