"""Where each fault of live use that is tested elsewhere has its test: the list is true, or this fails."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIVE = "tests/assistant/live/"
RECORDING = "tests/assistant/recording/"
WHERE = {
    "F-01": LIVE + "state/test_session_state.py::test_signal_loss_by_the_times_of_the_table",
    "F-02": LIVE + "state/test_session_state.py"
    "::test_a_driver_that_repeats_itself_bit_by_bit_is_frozen_where_held_pictures_had_noise",
    "F-04": LIVE + "state/test_picture_state.py::test_a_blank_screen_is_no_signal_though_frames_come",
    "F-05": LIVE + "state/test_session_state.py::test_a_digital_source_that_holds_is_not_frozen",
    "F-07": LIVE + "state/test_picture_state.py::test_a_picture_that_does_not_change_while_x_ray_is_on_is_frozen",
    "F-08": LIVE + "state/test_picture_state.py::test_no_rate_of_pulses_looks_held_between_two_pulses",
    "F-09": LIVE + "state/test_timing.py::test_what_was_passed_over",
    "F-11": "tests/assistant/capture/camera/test_interlace.py::test_a_woven_picture_is_told_from_whole_ones",
    "F-13": LIVE + "test_session.py::test_a_second_window_is_refused_and_names_the_first",
    "F-29": LIVE + "test_session.py::test_a_killed_analysis_comes_back_with_lines_that_nobody_has_confirmed",
    "F-30": "tests/assistant/model_packs/test_model_process.py::test_after_some_failures_it_stays_off",
    "F-32": LIVE + "processes/test_watchdog.py::test_the_process_tells_a_kill_and_a_hang",
    "F-35": LIVE + "processes/test_analysis.py::test_late_it_goes_on_with_the_newest_and_counts_what_it_passed_over",
    "F-37": "tests/ui/system/test_screens.py::test_f37_a_window_whose_display_is_gone_comes_to_the_main_one",
    "F-38": LIVE + "machine/test_sleep_inhibitor.py::test_f38_sleep_is_held_off_while_armed_and_not_longer",
    "F-38 after it": LIVE + "machine/test_machine_watch.py::test_sleep_is_told_once",
    "F-38 screen saver": "tests/ui/theatre/test_screen_saver.py"
    "::test_f38_the_theatre_asks_while_armed_and_takes_it_back",
    "F-40": "tests/faults/test_F_27_window_killed.py::test_F_27",
    "F-39": "tests/ui/system/test_leaving.py::test_f39_a_log_off_is_refused_while_the_window_has_to_stay",
    "F-41": "tests/ui/system/test_alarm_sound.py::test_another_device_gets_the_sounds_and_none_is_told",
    "F-42": "tests/ui/system/test_mixer.py::test_f42_muted_at_the_start_and_later_is_told",
    "F-43": "tests/ui/system/test_alarm_sound.py::test_files_are_the_generated_bursts_and_are_not_written_again",
    "F-44": LIVE + "alarms/test_alarm_list.py::test_a_storm_is_one_sound_and_a_bounded_list",
    "F-54": RECORDING + "test_writer.py::test_a_write_that_fails_once_loses_nothing",
    "F-55": RECORDING + "test_writer.py::test_a_failed_fsync_is_never_tried_again_on_that_file",
    "F-57": RECORDING + "test_writer.py::test_a_disk_that_stalls_holds_nobody_up_and_loses_nothing",
    "F-58": RECORDING + "test_writer.py::test_a_folder_that_goes_away_is_told",
    "F-59": LIVE + "machine/test_machine_watch.py::test_a_clock_that_is_set_is_told_once",
    "F-72": "tests/assistant/capture/masking/test_masking.py::test_names_anywhere_leave_nothing_outside_the_field",
    "F-74": LIVE + "processes/test_capture.py::test_names_never_reach_the_ring_or_the_disk",
    "F-77": LIVE + "alarms/test_alarm_list.py::test_an_acknowledgement_silences_a_minute_at_most_and_stays_visible",
    "F-81": RECORDING + "test_event_log.py::test_every_change_of_a_line_is_found",
}

OF_LIVE_USE = [f"F-{number:02d}" for number in (*range(1, 14), *range(27, 45))]


def test_every_fault_of_live_use_has_a_test() -> None:
    names = " ".join(path.name for path in (ROOT / "tests" / "faults").glob("test_F_*.py")).replace("_", "-")
    told = {fault for fault in OF_LIVE_USE if fault in WHERE or f"{fault}-" in names}
    assert sorted(set(OF_LIVE_USE) - told) == []


@pytest.mark.parametrize("fault", WHERE)
def test_the_fault_has_its_test(fault: str) -> None:
    file, _, name = WHERE[fault].partition("::")
    assert f"def {name}(" in (ROOT / file).read_text()
