"""What an Asterisk lacks is asked and told."""

import pytest

from switch.asterisk import lines as module
from switch.asterisk.looking import resource
from tests.unit.switch.asterisk_house import House


@pytest.mark.parametrize(
    ("endpoint", "name"),
    [
        ("PJSIP/{number}@trunk", "PJSIP/trunk"),
        ("PJSIP/trunk/sip:{number}@192.0.2.1", ""),
        ("SIP/{digits}@a-b_c.d", "SIP/a-b_c.d"),
        ("Local/{number}@outbound", ""),
        ("", ""),
    ],
)
def test_the_endpoint_by_its_name(endpoint: str, name: str) -> None:
    assert resource(endpoint) == name


async def test_it_is_told_and_told_no_more_once_it_is_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "LOOK_S", 0.02)
    async with House() as house:

        def lacks() -> list[str]:
            return list(house.lines.told()["lacks"])

        looks = "GET /asterisk/modules/{moduleName}"
        await house.until(lambda: len(house.pbx.requests(looks)) > 1)
        assert lacks() == []
        house.pbx.modules.clear()
        del house.pbx.endpoints["PJSIP/trunk"]
        await house.until(lambda: lacks() == ["sound", "endpoint"])
        house.pbx.modules.add("chan_websocket.so")
        house.pbx.endpoints["PJSIP/trunk"] = "offline"
        await house.until(lambda: lacks() == ["endpoint_offline"])
