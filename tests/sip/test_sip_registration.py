"""Registration at a trunk that asks for the password; nothing of it in a list of processes."""

from pathlib import Path

from switch.sip import stack
from tests.sip.house import House, free_port, run
from tests.sip.registrar import Registrar


def test_registration_by_digest(tmp_path: Path) -> None:
    port = free_port()

    async def check(house: House) -> None:
        await house.event("sip_registered")
        assert registrar.registered == 1
        assert registrar.challenged == 1
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


def test_a_wrong_password_is_told_of(tmp_path: Path) -> None:
    port = free_port()

    async def check(house: House) -> None:
        assert (await house.event("sip_unregistered"))["code"] == 403
        assert not registrar.registered

    with Registrar(port, "secret 1") as registrar:
        run(tmp_path, check, trunk_port=port, password="secret 2", register=True)


def test_a_registration_is_renewed_early_and_never_at_once() -> None:
    assert stack.renewal_s(300) == 225
    assert stack.renewal_s(0) == 15
