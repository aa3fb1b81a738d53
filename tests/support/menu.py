"""A caller who plays a call against the menu, and a stand-in for the core."""

from ivr.menu import advance
from ivr.spoken_steps import AnswerBegun, BeginAnswer, FindAnswer, Understood
from ivr.steps import (
    Arrived,
    Audible,
    BeginMessage,
    Begun,
    CheckReturn,
    Command,
    DispatchIs,
    Event,
    FindRecording,
    Found,
    Gather,
    Keys,
    NotFound,
    Rules,
    SendMessage,
    Sent,
    Session,
    Silence,
    Step,
)

RULES = Rules(languages=("en", "es", "ar"))


class Core:
    """A stand-in for the core: gives each command the answer the real one would give."""

    def __init__(self, dispatch: DispatchIs | None = None) -> None:
        self.commands: list[Command] = []
        self.dispatch = dispatch or DispatchIs("ringing")
        self.audible = True
        self.found: Found | NotFound = Found("taken")
        self.understood: str | None = ""

    def run(self, command: Command) -> Event | None:
        """Keep the command; give what the menu is told in answer, if anything."""
        self.commands.append(command)
        match command:
            case BeginMessage("opening") if self.dispatch.state == "taken":
                return self.dispatch
            case BeginMessage():
                return Begun(f"message-{len(self.commands)}")
            case FindRecording():
                return Audible(self.audible)
            case SendMessage():
                return Sent()
            case CheckReturn():
                return self.found
            case BeginAnswer():
                return AnswerBegun(f"answer-{len(self.commands)}")
            case FindAnswer():
                return Understood(self.understood)
        return None


class Caller:
    """Plays a call against the menu."""

    def __init__(self, core: Core | None = None, rules: Rules = RULES) -> None:
        self.core, self.rules = core or Core(), rules
        self.session, self.step = Session(), Step((), Gather())
        self.feed(Arrived())

    def feed(self, event: Event | None, at: str | None = None) -> "Caller":
        """The event happens, and then all that the core answers to it."""
        while event is not None:
            self.session, self.step = advance(self.session, event, self.rules, at)
            event = self.core.run(self.step.command) if self.step.command else None
            at = None
        return self

    def asked(self) -> "Caller":
        """Wants to speak to somebody now, and hears the question to its end."""
        return self.press("1", "1").feed(Silence())

    def press(self, *keys: str) -> "Caller":
        """Press each of these, one step after the other."""
        for key in keys:
            self.feed(Keys(key))
        return self

    @property
    def hears(self) -> list[str]:
        """The names of the prompts of this step."""
        return [prompt.name for prompt in self.step.prompts]
