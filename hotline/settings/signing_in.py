"""The console: who may do what alone, and how people sign in."""

from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings


class SigningIn(BaseSettings):
    """The console: who may do what alone, and how people sign in."""

    roster_two_people: bool = Field(
        True,
        description="Whether a new number of a responder, proposed in the console, takes a second "
        "person who approves it, and a press of 1 on a call to it. Once there is a second account.",
    )
    console_secure_cookies: bool = Field(
        True, description="Cookies only over https. Off only for a console on this machine."
    )
    trusted_proxies: int = Field(
        0,
        ge=0,
        le=5,
        description="How many reverse proxies of your own stand before the web process and add the "
        "visitor's address to X-Forwarded-For: wrong passwords are then counted by address too. 0: "
        "the header is not believed.",
    )
    second_factor: Literal["required", "offered"] = Field(
        "required",
        description="required: everybody signs in with an authenticator app or a passkey besides "
        "the password, and sets one up at the first sign-in. offered: only who has set one up.",
    )
