from ui.system.watchdog_window import ACTION, HEADLINE, WatchdogWindow


def test_it_shows_hides_and_says_when_a_person_has_seen_it(qtbot, capsys) -> None:
    window = WatchdogWindow()
    qtbot.addWidget(window)
    assert not window.isVisible()
    window.hear("show")
    assert window.isVisible()
    said = capsys.readouterr().out.split()
    assert said in (["sounding"], ["silent"])
    assert [label.text() for label in window._labels[:2]] == [HEADLINE, ACTION]
    qtbot.keyClick(window, "x")
    assert not window.isVisible()
    assert capsys.readouterr().out == "dismissed\n"
    window.hear("show")
    window.hear("hide")
    assert not window.isVisible()
