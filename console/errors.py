"""What an error means, by its status: what to do, and nothing of what was asked."""

from console.text import marked

SAYS = {
    400: marked("This request cannot be understood."),
    403: marked("This is not allowed."),
    404: marked("There is no such page."),
    405: marked("This page does not take that kind of request."),
    413: marked("This request is too large."),
    416: marked("The recording has no such part."),
    422: marked("Something of this form cannot be. Go back and look at it again."),
    500: marked("Something went wrong here. It has been written down; try again in a moment."),
    503: marked("This is not available now. Try again in a moment."),
}
