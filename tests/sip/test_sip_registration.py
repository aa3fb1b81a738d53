"""Registration at a trunk that asks for the password; nothing of it in a list of processes."""

from pathlib import Path

from switch.sip import stack
from tests.sip.house import House, free_port, run
from tests.sip.registrar import Registrar

EVERYWHERE = "0.0.0.0"  # noqa: S104 - as in a container, whose own address nobody outside knows


def test_registration_by_digest(tmp_path: Path) -> None:
    port = free_port()

    async def check(house: House) -> None:
        await house.event("sip_registered")
        assert registrar.registered == 1
        assert registrar.challenged == 1
        told = await house.control("GET", "lines")
        assert (told["kind"], told["state"], told["code"]) == ("sip", "up", 0)
        assert "Contact: <sip:hotline@198.51.100.7:" in registrar.text
        line = Path(f"/proc/{house.trunk._process.pid}/cmdline").read_bytes()
        environment = Path(f"/proc/{house.trunk._process.pid}/environ").read_bytes()
        assert b"secret 1" not in line + environment

    with Registrar(port, "secret 1") as registrar:
        run(
            tmp_path,
            check,
            trunk_port=port,
            password="secret 1",
            register=True,
            public="198.51.100.7",
        )


def test_at_all_addresses_the_public_one_is_named(tmp_path: Path) -> None:
    port = free_port()

    async def check(house: House) -> None:
        await house.event("sip_registered")
        assert EVERYWHERE not in registrar.text
        assert "Via: SIP/2.0/UDP 127.0.0.1:" in registrar.text

    with Registrar(port, "secret 1") as registrar:
        settings = {"host": EVERYWHERE, "public": "127.0.0.1", "password": "secret 1"}
        run(tmp_path, check, trunk_port=port, register=True, **settings)


def test_a_wrong_password_is_told_of(tmp_path: Path) -> None:
    port = free_port()

    async def check(house: House) -> None:
        assert (await house.event("sip_unregistered"))["code"] == 403
        assert not registrar.registered
        told = await house.control("GET", "lines")
        assert (told["state"], told["code"]) == ("refused", 403)

    with Registrar(port, "secret 1") as registrar:
        run(tmp_path, check, trunk_port=port, password="secret 2", register=True)


def test_a_registration_is_renewed_early_and_never_at_once() -> None:
    assert stack.renewal_s(300) == 225
    assert stack.renewal_s(0) == 15
