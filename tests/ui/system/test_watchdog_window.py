from ui.system.watchdog_window import ACTION, HEADLINE, WatchdogWindow


def test_it_shows_hides_and_says_when_a_person_has_seen_it(qtbot, capsys) -> None:
    window = WatchdogWindow()
    qtbot.addWidget(window)
    assert not window.isVisible()
    window.handle("show")
    assert window.isVisible()
    said = capsys.readouterr().out.split()
    assert said in (["sounding"], ["silent"])
    assert [label.text() for label in window._labels[:2]] == [HEADLINE, ACTION]
    qtbot.keyClick(window, "x")
    assert not window.isVisible()
    assert capsys.readouterr().out == "dismissed\n"
    window.handle("show")
    window.handle("hide")
    assert not window.isVisible()


def test_it_is_shown_also_where_no_folder_takes_its_tone(qtbot, capsys, monkeypatch) -> None:
    """A full disk: the window stays, and the watchdog sounds in its place."""

    def nowhere(*_args: object, **_more: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.mkstemp", nowhere)
    monkeypatch.setattr("os.memfd_create", nowhere, raising=False)
    monkeypatch.setattr("PyQt6.QtMultimedia.QMediaDevices.defaultAudioOutput", lambda: _Speaker())
    window = WatchdogWindow()
    qtbot.addWidget(window)
    window.handle("show")
    assert window.isVisible()
    assert capsys.readouterr().out == "silent\n"


class _Speaker:
    def isNull(self) -> bool:
        return False


def test_it_says_no_more_than_the_watchdog_knows(qtbot) -> None:
    window = WatchdogWindow()
    qtbot.addWidget(window)
    said = {}
    for word in ("show", "show recording", "show recording restarting", "show restarting", "show"):
        window.handle(word)
        said[word] = window._labels[2].text()
    window.handle("hide")
    assert said["show"] == "The recording is not seen to grow. The program has not been started again."
    assert said["show recording"].startswith("The recording goes on.")
    assert "is being started again" in said["show recording restarting"]
    assert "goes on" not in said["show restarting"]
