"""One prompt: its text in every language, its sound, and a recording by a person in its place."""

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response
from wtforms import FileField

from console import guard
from console.context import runtime
from console.forms import HotlineForm
from console.routes import Route
from console.text import gettext, lazy_gettext, marked
from console.voice_menu import prompts
from hotline.languages import Language
from hotline.people.permissions import Action
from ivr import recordings
from ivr.recordings import RecordingRefused, Wrong

BODY_BYTES = recordings.MAX_BYTES + 64 * 1024
"""With what a browser writes around the file. Every other page takes 64 KiB (`hotline.app`)."""
PARSED_BYTES = 512 * 1024
"""What the parser holds in memory while it looks for the end of the file: pieces of 64 KiB."""

WRONG = {
    Wrong.NOT_AUDIO: marked("This is not a recording that can be read. Choose a WAV or MP3 file."),
    Wrong.TOO_LARGE: marked("The file is larger than 5 MB. Choose a shorter recording."),
    Wrong.TOO_LONG: marked("It is longer than 30 s. Record this one prompt only."),
    Wrong.TOO_SHORT: marked("Nothing can be said in so short a time. Record it again."),
    Wrong.SILENT: marked("Nobody can be heard in it. Record it again."),
    Wrong.TOO_QUIET: marked("It is too quiet. Record it again, closer to the microphone."),
    Wrong.CLIPPED: marked("It is too loud and sounds torn. Record it again with less volume."),
}


class Recording(HotlineForm):
    """A recording of one prompt."""

    sound = FileField(
        lazy_gettext("Recording"),
        description=lazy_gettext("WAV or MP3, at most 30 s and 5 MB, by one calm voice."),
    )


@guard.allows(Action.SEE_MENU)
def menu_prompt(code: str, prompt: str) -> Response:
    """The page of one prompt."""
    return _page(prompts.prompt_or_404(code, prompt), prompt, Recording())


@guard.allows(Action.MANAGE_MENU)
def do_record(code: str, prompt: str) -> Response:
    """Keep a recording; callers hear it at once. 422 with the page when it cannot be a prompt."""
    language = prompts.prompt_or_404(code, prompt)
    request.max_content_length, request.max_form_memory_size = BODY_BYTES, PARSED_BYTES
    form, why = Recording(), None
    try:
        wav = recordings.checked(_uploaded())
    except RecordingRefused as refused:
        why = WRONG[refused.why]
    except RequestEntityTooLarge:
        why = WRONG[Wrong.TOO_LARGE]
    except FileNotFoundError:
        why = marked("Choose a file first.")
    if why is not None:
        form.sound.errors = [gettext(why)]
        return _page(language, prompt, form, 422)
    with runtime().database.transaction() as session:
        guard.audited(session, "prompt.recorded", f"prompt:{code}/{prompt}")
        recordings.put(runtime().settings.recordings_folder, code, prompt, wav)
    return _back(code, prompt)


@guard.allows(Action.MANAGE_MENU)
def do_remove_recording(code: str, prompt: str) -> Response:
    """Take the recording away; the local voice speaks the prompt again."""
    prompts.prompt_or_404(code, prompt)
    with runtime().database.transaction() as session:
        if prompts.catalogue().recorded(code, prompt):
            guard.audited(session, "prompt.removed", f"prompt:{code}/{prompt}")
            recordings.remove(runtime().settings.recordings_folder, code, prompt)
    return _back(code, prompt)


def _uploaded() -> bytes:
    """The bytes of the file. Raises FileNotFoundError when none was chosen, RecordingRefused or
    RequestEntityTooLarge when it is too large."""
    if (request.content_length or 0) > BODY_BYTES:  # said before, not after, it is all read
        raise RecordingRefused(Wrong.TOO_LARGE)
    sent = request.files.get("sound")
    if sent is None or not sent.filename:
        raise FileNotFoundError
    with sent.stream as stream:
        return bytes(stream.read(recordings.MAX_BYTES + 1))


def _back(code: str, prompt: str) -> Response:
    return redirect(url_for("console.menu_prompt", code=code, prompt=prompt), 303)


def _page(language: Language, prompt: str, form: Recording, status: int = 200) -> Response:
    catalogue = prompts.catalogue()
    known = [each for each in runtime().languages.values() if prompt in each.prompts]
    page = render_template(
        "voice_menu/prompt.html",
        language=language,
        prompt=prompt,
        texts=[(each, catalogue.text(each.code, prompt)) for each in known],
        recorded=catalogue.recorded(language.code, prompt),
        form=form,
    )
    return make_response(page, status)


ROUTES = (
    Route("/voice-menu/<code>/<prompt>", "menu_prompt", menu_prompt),
    Route("/voice-menu/<code>/<prompt>/recording", "do_record", do_record, "POST"),
    Route(
        "/voice-menu/<code>/<prompt>/recording/remove",
        "do_remove_recording",
        do_remove_recording,
        "POST",
    ),
)
