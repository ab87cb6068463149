"""What the numbers in a FIT file are called: messages, fields, scales, and words of enumerations.

The numbers are those of the Flexible and Interoperable Data Transfer (FIT) Protocol's global
profile. Messages and fields that are not here keep their number as a name (``unknown_233``), so
that nothing a device recorded is out of reach.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from backstride.vocabulary import JOULES_PER_KILOCALORIE, Sport

#: Messages of which only the name is known here.
_NAMES = """
1 capabilities, 2 device_settings, 4 hrm_profile, 5 sdm_profile, 6 bike_profile, 8 hr_zone,
9 power_zone, 10 met_zone, 13 training_settings, 15 goal, 30 weight_scale, 31 course,
32 course_point, 33 totals, 35 software, 37 file_capabilities, 38 mesg_capabilities,
39 field_capabilities, 51 blood_pressure, 53 speed_zone, 55 monitoring, 80 ant_rx, 81 ant_tx,
82 ant_channel_id, 103 monitoring_info, 106 slave_device, 127 connectivity, 128 weather_conditions,
129 weather_alert, 131 cadence_zone, 142 segment_lap, 145 memo_glob, 148 segment_id,
149 segment_leaderboard_entry, 150 segment_point, 151 segment_file, 158 workout_session,
159 watchface_settings, 161 camera_event, 162 timestamp_correlation, 164 gyroscope_data,
165 accelerometer_data, 167 three_d_sensor_calibration, 169 video_frame, 174 obdii_data,
177 nmea_sentence, 178 aviation_attitude, 184 video, 185 video_title, 186 video_description,
187 video_clip, 188 ohr_settings, 200 exd_screen_configuration, 201 exd_data_field_configuration,
202 exd_data_concept_configuration, 208 magnetometer_data, 209 barometer_data,
210 one_d_sensor_calibration, 211 monitoring_hr_data, 227 stress_level, 229 max_met_data,
258 dive_settings, 259 dive_gas, 262 dive_alarm, 264 exercise_title, 268 dive_summary,
269 spo2_data, 275 sleep_level, 285 jump, 289 aad_accel_features, 302 hsa_accelerometer_data,
304 hsa_step_data, 305 hsa_spo2_data, 306 hsa_stress_data, 307 hsa_respiration_data,
308 hsa_heart_rate_data, 313 split_summary, 314 hsa_body_battery_data, 315 hsa_event,
317 climb_pro, 319 tank_update, 323 tank_summary, 346 sleep_assessment, 370 hrv_status_summary,
371 hrv_value, 375 device_aux_battery_info, 376 hsa_gyroscope_data, 387 chrono_shot_session,
388 chrono_shot_data, 389 hsa_configuration_data, 393 dive_apnea_alarm, 398 skin_temp_overnight,
409 hsa_wrist_temperature_data
"""

#: Number and name of a message, then its fields: number, name, divisor, what is taken off.
_FIELDS = """
0 file_id:
0 type, 1 manufacturer, 2 product, 3 serial_number, 4 time_created, 5 number, 8 product_name
3 user_profile:
0 friendly_name, 1 gender, 2 age, 3 height /100, 4 weight /10, 5 language, 6 elev_setting,
7 weight_setting, 8 resting_heart_rate, 9 default_max_running_heart_rate,
10 default_max_biking_heart_rate, 11 default_max_heart_rate, 12 hr_setting, 13 speed_setting,
14 dist_setting, 16 power_setting, 17 activity_class, 18 position_setting, 21 temperature_setting,
22 local_id, 23 global_id, 28 wake_time, 29 sleep_time, 30 height_setting,
31 user_running_step_length /1000, 32 user_walking_step_length /1000, 47 depth_setting,
49 dive_count, 254 message_index
7 zones_target:
1 max_heart_rate, 2 threshold_heart_rate, 3 functional_threshold_power, 5 hr_calc_type,
7 pwr_calc_type
12 sport:
0 sport, 1 sub_sport, 3 name
18 session:
0 event, 1 event_type, 2 start_time, 3 start_position_lat, 4 start_position_long, 5 sport,
6 sub_sport, 7 total_elapsed_time /1000, 8 total_timer_time /1000, 9 total_distance /100,
10 total_cycles, 11 total_calories, 13 total_fat_calories, 14 avg_speed /1000, 15 max_speed /1000,
16 avg_heart_rate, 17 max_heart_rate, 18 avg_cadence, 19 max_cadence, 20 avg_power, 21 max_power,
22 total_ascent, 23 total_descent, 24 total_training_effect /10, 25 first_lap_index, 26 num_laps,
27 event_group, 28 trigger, 29 nec_lat, 30 nec_long, 31 swc_lat, 32 swc_long, 33 num_lengths,
34 normalized_power, 35 training_stress_score /10, 36 intensity_factor /1000,
37 left_right_balance, 38 end_position_lat, 39 end_position_long, 41 avg_stroke_count /10,
42 avg_stroke_distance /100, 43 swim_stroke, 44 pool_length /100, 45 threshold_power,
46 pool_length_unit, 47 num_active_lengths, 48 total_work, 49 avg_altitude /5 -500,
50 max_altitude /5 -500, 51 gps_accuracy, 52 avg_grade /100, 53 avg_pos_grade /100,
54 avg_neg_grade /100, 55 max_pos_grade /100, 56 max_neg_grade /100, 57 avg_temperature,
58 max_temperature, 59 total_moving_time /1000, 60 avg_pos_vertical_speed /1000,
61 avg_neg_vertical_speed /1000, 62 max_pos_vertical_speed /1000, 63 max_neg_vertical_speed /1000,
64 min_heart_rate, 65 time_in_hr_zone /1000, 66 time_in_speed_zone /1000,
67 time_in_cadence_zone /1000, 68 time_in_power_zone /1000, 69 avg_lap_time /1000,
70 best_lap_index, 71 min_altitude /5 -500, 82 player_score, 83 opponent_score, 84 opponent_name,
85 stroke_count, 86 zone_count, 87 max_ball_speed /100, 88 avg_ball_speed /100,
89 avg_vertical_oscillation /10, 90 avg_stance_time_percent /100, 91 avg_stance_time /10,
92 avg_fractional_cadence /128, 93 max_fractional_cadence /128, 94 total_fractional_cycles /128,
95 avg_total_hemoglobin_conc /100, 96 min_total_hemoglobin_conc /100,
97 max_total_hemoglobin_conc /100, 98 avg_saturated_hemoglobin_percent /10,
99 min_saturated_hemoglobin_percent /10, 100 max_saturated_hemoglobin_percent /10,
101 avg_left_torque_effectiveness /2, 102 avg_right_torque_effectiveness /2,
103 avg_left_pedal_smoothness /2, 104 avg_right_pedal_smoothness /2,
105 avg_combined_pedal_smoothness /2, 110 sport_profile_name, 111 sport_index,
112 time_standing /1000, 113 stand_count, 114 avg_left_pco, 115 avg_right_pco,
116 avg_left_power_phase /0.711111, 117 avg_left_power_phase_peak /0.711111,
118 avg_right_power_phase /0.711111, 119 avg_right_power_phase_peak /0.711111,
120 avg_power_position, 121 max_power_position, 122 avg_cadence_position, 123 max_cadence_position,
124 enhanced_avg_speed /1000, 125 enhanced_max_speed /1000, 126 enhanced_avg_altitude /5 -500,
127 enhanced_min_altitude /5 -500, 128 enhanced_max_altitude /5 -500, 129 avg_lev_motor_power,
130 max_lev_motor_power, 131 lev_battery_consumption /2, 132 avg_vertical_ratio /100,
133 avg_stance_time_balance /100, 134 avg_step_length /10, 137 total_anaerobic_training_effect /10,
139 avg_vam /1000, 140 avg_depth /1000, 141 max_depth /1000, 142 surface_interval, 143 start_cns,
144 end_cns, 145 start_n2, 146 end_n2, 147 avg_respiration_rate, 148 max_respiration_rate,
149 min_respiration_rate, 150 min_temperature, 155 o2_toxicity, 156 dive_number,
168 training_load_peak /65536, 169 enhanced_avg_respiration_rate /100,
170 enhanced_max_respiration_rate /100, 180 enhanced_min_respiration_rate /100, 181 total_grit,
182 total_flow, 183 jump_count, 186 avg_grit, 187 avg_flow, 192 workout_feel, 193 workout_rpe,
194 avg_spo2, 195 avg_stress, 197 sdrr_hrv, 198 rmssd_hrv, 199 total_fractional_ascent /100,
200 total_fractional_descent /100, 208 avg_core_temperature /100, 209 min_core_temperature /100,
210 max_core_temperature /100, 254 message_index
19 lap:
0 event, 1 event_type, 2 start_time, 3 start_position_lat, 4 start_position_long,
5 end_position_lat, 6 end_position_long, 7 total_elapsed_time /1000, 8 total_timer_time /1000,
9 total_distance /100, 10 total_cycles, 11 total_calories, 12 total_fat_calories,
13 avg_speed /1000, 14 max_speed /1000, 15 avg_heart_rate, 16 max_heart_rate, 17 avg_cadence,
18 max_cadence, 19 avg_power, 20 max_power, 21 total_ascent, 22 total_descent, 23 intensity,
24 lap_trigger, 25 sport, 26 event_group, 32 num_lengths, 33 normalized_power,
34 left_right_balance, 35 first_length_index, 37 avg_stroke_distance /100, 38 swim_stroke,
39 sub_sport, 40 num_active_lengths, 41 total_work, 42 avg_altitude /5 -500,
43 max_altitude /5 -500, 44 gps_accuracy, 45 avg_grade /100, 46 avg_pos_grade /100,
47 avg_neg_grade /100, 48 max_pos_grade /100, 49 max_neg_grade /100, 50 avg_temperature,
51 max_temperature, 52 total_moving_time /1000, 53 avg_pos_vertical_speed /1000,
54 avg_neg_vertical_speed /1000, 55 max_pos_vertical_speed /1000, 56 max_neg_vertical_speed /1000,
57 time_in_hr_zone /1000, 58 time_in_speed_zone /1000, 59 time_in_cadence_zone /1000,
60 time_in_power_zone /1000, 61 repetition_num, 62 min_altitude /5 -500, 63 min_heart_rate,
71 wkt_step_index, 74 opponent_score, 75 stroke_count, 76 zone_count,
77 avg_vertical_oscillation /10, 78 avg_stance_time_percent /100, 79 avg_stance_time /10,
80 avg_fractional_cadence /128, 81 max_fractional_cadence /128, 82 total_fractional_cycles /128,
83 player_score, 84 avg_total_hemoglobin_conc /100, 85 min_total_hemoglobin_conc /100,
86 max_total_hemoglobin_conc /100, 87 avg_saturated_hemoglobin_percent /10,
88 min_saturated_hemoglobin_percent /10, 89 max_saturated_hemoglobin_percent /10,
91 avg_left_torque_effectiveness /2, 92 avg_right_torque_effectiveness /2,
93 avg_left_pedal_smoothness /2, 94 avg_right_pedal_smoothness /2,
95 avg_combined_pedal_smoothness /2, 98 time_standing /1000, 99 stand_count, 100 avg_left_pco,
101 avg_right_pco, 102 avg_left_power_phase /0.711111, 103 avg_left_power_phase_peak /0.711111,
104 avg_right_power_phase /0.711111, 105 avg_right_power_phase_peak /0.711111,
106 avg_power_position, 107 max_power_position, 108 avg_cadence_position, 109 max_cadence_position,
110 enhanced_avg_speed /1000, 111 enhanced_max_speed /1000, 112 enhanced_avg_altitude /5 -500,
113 enhanced_min_altitude /5 -500, 114 enhanced_max_altitude /5 -500, 115 avg_lev_motor_power,
116 max_lev_motor_power, 117 lev_battery_consumption /2, 118 avg_vertical_ratio /100,
119 avg_stance_time_balance /100, 120 avg_step_length /10, 121 avg_vam /1000, 122 avg_depth /1000,
123 max_depth /1000, 124 min_temperature, 136 enhanced_avg_respiration_rate /100,
137 enhanced_max_respiration_rate /100, 147 avg_respiration_rate, 148 max_respiration_rate,
149 total_grit, 150 total_flow, 151 jump_count, 153 avg_grit, 154 avg_flow,
156 total_fractional_ascent /100, 157 total_fractional_descent /100, 158 avg_core_temperature /100,
159 min_core_temperature /100, 160 max_core_temperature /100, 254 message_index
20 record:
0 position_lat, 1 position_long, 2 altitude /5 -500, 3 heart_rate, 4 cadence, 5 distance /100,
6 speed /1000, 7 power, 8 compressed_speed_distance, 9 grade /100, 10 resistance,
11 time_from_course /1000, 12 cycle_length /100, 13 temperature, 17 speed_1s /16, 18 cycles,
19 total_cycles, 28 compressed_accumulated_power, 29 accumulated_power, 30 left_right_balance,
31 gps_accuracy, 32 vertical_speed /1000, 33 calories, 39 vertical_oscillation /10,
40 stance_time_percent /100, 41 stance_time /10, 42 activity_type, 43 left_torque_effectiveness /2,
44 right_torque_effectiveness /2, 45 left_pedal_smoothness /2, 46 right_pedal_smoothness /2,
47 combined_pedal_smoothness /2, 48 time128 /128, 49 stroke_type, 50 zone, 51 ball_speed /100,
52 cadence256 /256, 53 fractional_cadence /128, 54 total_hemoglobin_conc /100,
55 total_hemoglobin_conc_min /100, 56 total_hemoglobin_conc_max /100,
57 saturated_hemoglobin_percent /10, 58 saturated_hemoglobin_percent_min /10,
59 saturated_hemoglobin_percent_max /10, 62 device_index, 67 left_pco, 68 right_pco,
69 left_power_phase /0.711111, 70 left_power_phase_peak /0.711111, 71 right_power_phase /0.711111,
72 right_power_phase_peak /0.711111, 73 enhanced_speed /1000, 78 enhanced_altitude /5 -500,
81 battery_soc /2, 82 motor_power, 83 vertical_ratio /100, 84 stance_time_balance /100,
85 step_length /10, 87 cycle_length16 /100, 91 absolute_pressure, 92 depth /1000,
93 next_stop_depth /1000, 94 next_stop_time, 95 time_to_surface, 96 ndl_time, 97 cns_load,
98 n2_load, 99 respiration_rate, 108 enhanced_respiration_rate /100, 114 grit, 115 flow,
116 current_stress /100, 117 ebike_travel_range, 118 ebike_battery_level, 119 ebike_assist_mode,
120 ebike_assist_level_percent, 123 air_time_remaining, 124 pressure_sac /100, 125 volume_sac /100,
126 rmv /100, 127 ascent_rate /1000, 129 po2 /100, 139 core_temperature /100
21 event:
0 event, 1 event_type, 2 data16, 3 data, 4 event_group, 7 score, 8 opponent_score,
9 front_gear_num, 10 front_gear, 11 rear_gear_num, 12 rear_gear, 13 device_index, 14 activity_type,
15 start_timestamp, 21 radar_threat_level_max, 22 radar_threat_count,
23 radar_threat_avg_approach_speed /10, 24 radar_threat_max_approach_speed /10
23 device_info:
0 device_index, 1 device_type, 2 manufacturer, 3 serial_number, 4 product, 5 software_version /100,
6 hardware_version, 7 cum_operating_time, 10 battery_voltage /256, 11 battery_status,
18 sensor_position, 19 descriptor, 20 ant_transmission_type, 21 ant_device_number, 22 ant_network,
25 source_type, 27 product_name, 32 battery_level
26 workout:
4 sport, 5 capabilities, 6 num_valid_steps, 8 wkt_name, 11 sub_sport, 14 pool_length /100,
15 pool_length_unit, 17 wkt_description, 254 message_index
27 workout_step:
0 wkt_step_name, 1 duration_type, 2 duration_value, 3 target_type, 4 target_value,
5 custom_target_value_low, 6 custom_target_value_high, 7 intensity, 8 notes, 9 equipment,
10 exercise_category, 11 exercise_name, 12 exercise_weight /100, 13 weight_display_unit,
19 secondary_target_type, 20 secondary_target_value, 21 secondary_custom_target_value_low,
22 secondary_custom_target_value_high, 254 message_index
34 activity:
0 total_timer_time /1000, 1 num_sessions, 2 type, 3 event, 4 event_type, 5 local_timestamp,
6 event_group
49 file_creator:
0 software_version, 1 hardware_version
72 training_file:
0 type, 1 manufacturer, 2 product, 3 serial_number, 4 time_created
78 hrv:
0 time /1000
101 length:
0 event, 1 event_type, 2 start_time, 3 total_elapsed_time /1000, 4 total_timer_time /1000,
5 total_strokes, 6 avg_speed /1000, 7 swim_stroke, 9 avg_swimming_cadence, 10 event_group,
11 total_calories, 12 length_type, 18 player_score, 19 opponent_score, 20 stroke_count,
21 zone_count, 22 enhanced_avg_respiration_rate /100, 23 enhanced_max_respiration_rate /100,
24 avg_respiration_rate, 25 max_respiration_rate, 254 message_index
132 hr:
0 fractional_timestamp /32768, 1 time256 /256, 6 filtered_bpm, 9 event_timestamp /1024,
10 event_timestamp_12
160 gps_metadata:
0 timestamp_ms, 1 position_lat, 2 position_long, 3 enhanced_altitude /5 -500,
4 enhanced_speed /1000, 5 heading /100, 6 utc_timestamp, 7 velocity /100
206 field_description:
0 developer_data_index, 1 field_definition_number, 2 fit_base_type_id, 3 field_name, 4 array,
5 components, 6 scale, 7 offset, 8 units, 9 bits, 10 accumulate, 13 fit_base_unit_id,
14 native_mesg_num, 15 native_field_num
207 developer_data_id:
0 developer_id, 1 application_id, 2 manufacturer_id, 3 developer_data_index, 4 application_version
216 time_in_zone:
0 reference_mesg, 1 reference_index, 2 time_in_hr_zone /1000, 3 time_in_speed_zone /1000,
4 time_in_cadence_zone /1000, 5 time_in_power_zone /1000, 6 hr_zone_high_boundary,
7 speed_zone_high_boundary /1000, 8 cadence_zone_high_bondary, 9 power_zone_high_boundary,
10 hr_calc_type, 11 max_heart_rate, 12 resting_heart_rate, 13 threshold_heart_rate,
14 pwr_calc_type, 15 functional_threshold_power
225 set:
0 duration /1000, 3 repetitions, 4 weight /16, 5 set_type, 6 start_time, 7 category,
8 category_subtype, 9 weight_display_unit, 10 message_index, 11 wkt_step_index, 254 timestamp
290 beat_intervals:
0 timestamp_ms, 1 time
297 respiration_rate:
0 respiration_rate /100
312 split:
0 split_type, 1 total_elapsed_time /1000, 2 total_timer_time /1000, 3 total_distance /100,
4 avg_speed /1000, 9 start_time, 13 total_ascent, 14 total_descent, 21 start_position_lat,
22 start_position_long, 23 end_position_lat, 24 end_position_long, 25 max_speed /1000,
26 avg_vert_speed /1000, 27 end_time, 28 total_calories, 74 start_elevation /5 -500,
110 total_moving_time /1000, 254 message_index
372 raw_bbi:
0 timestamp_ms, 1 data, 2 time, 3 quality, 4 gap
"""

_MANUFACTURERS = """
1 garmin, 13 dynastream_oem, 15 dynastream, 16 timex, 23 suunto, 32 wahoo_fitness, 41 shimano,
59 mio_technology_europe, 69 stages_cycling, 70 sigmasport, 71 tomtom, 89 tacx, 95 stryd,
112 bryton_sensors, 115 igpsport, 123 polar_electro, 129 coros_byte, 140 decathlon_byte,
142 tag_heuer, 144 zwift_byte, 148 ezon, 255 development, 260 zwift, 265 strava, 267 bryton,
281 trainer_road, 289 hammerhead, 294 coros, 300 nurvv, 305 whoop, 310 decathlon, 326 nike
"""

#: Of Garmin; other makers' numbers are their own.
_PRODUCTS = """
1 hrm1, 5 hrm2ss, 7 hrm3ss, 717 fr405, 782 fr50, 988 fr60, 1018 fr310xt, 1036 edge500, 1124 fr110,
1169 edge800, 1325 edge200, 1328 fr910xt, 1345 fr610, 1436 fr70, 1446 fr310xt_4t, 1482 fr10,
1551 fenix, 1561 edge510, 1567 edge810, 1623 fr620, 1632 fr220, 1743 hrm_tri, 1752 hrm_run,
1765 fr920xt, 1836 edge1000, 1837 vivo_fit, 1903 fr15, 1907 vivo_active, 1967 fenix2, 1988 epix,
2050 fenix3, 2067 edge520, 2147 edge25, 2148 fr25, 2153 fr225, 2156 fr630, 2157 fr230,
2158 fr735xt, 2238 edge20, 2327 hrm4_run, 2337 vivo_active_hr, 2413 fenix3_hr, 2431 fr235,
2432 fenix3_chronos, 2503 fr35, 2530 edge_820, 2544 fenix5s, 2604 fenix5x, 2691 fr935, 2697 fenix5,
2700 vivoactive3, 2713 edge_1030, 2886 fr645, 2888 fr645m, 2891 fr30, 2900 fenix5s_plus,
2988 vivoactive3m_w, 3066 vivoactive3m_l, 3076 fr245, 3077 fr245_music, 3110 fenix5_plus,
3111 fenix5x_plus, 3112 edge_520_plus, 3113 fr945, 3121 edge_530, 3122 edge_830,
3126 instinct_esports, 3224 vivoactive4_small, 3225 vivoactive4_large, 3226 venu, 3246 marq_driver,
3247 marq_aviator, 3248 marq_captain, 3249 marq_commander, 3250 marq_expedition, 3251 marq_athlete,
3282 fr45, 3287 fenix6S_sport, 3288 fenix6S, 3289 fenix6_sport, 3290 fenix6, 3291 fenix6x,
3299 hrm_dual, 3300 hrm_pro, 3466 instinct_solar, 3558 edge_130_plus, 3570 edge_1030_plus,
3589 fr745, 3596 venusq_music, 3599 venusq_music_v2, 3600 venusq, 3624 marq_adventurer,
3638 enduro, 3703 venu2, 3704 venu2s, 3739 marq_golfer, 3843 edge_1040, 3851 venu2_plus, 3869 fr55,
3888 instinct_2, 3889 instinct_2s, 3905 fenix7s, 3906 fenix7, 3907 fenix7x, 3943 epix_gen2,
3990 fr255_music, 3991 fr255_small_music, 3992 fr255, 3993 fr255_small, 4024 fr955, 4061 edge_540,
4062 edge_840, 4105 marq_gen2, 4115 venusq2, 4116 venusq2music, 4124 marq_gen2_aviator,
4130 hrm_pro_plus, 4135 tactix7, 4155 instinct_crossover, 4257 fr265_large, 4258 fr265_small,
4260 venu3, 4261 venu3s, 4312 epix_gen2_pro_42, 4313 epix_gen2_pro_47, 4314 epix_gen2_pro_51,
4315 fr965, 4341 enduro2, 4374 fenix7s_pro_solar, 4375 fenix7_pro_solar, 4376 fenix7x_pro_solar,
4394 instinct_2x, 4426 vivoactive5, 4432 fr165, 4433 fr165_music, 4440 edge_1050, 4446 hrm_fit,
4472 marq_gen2_commander, 4532 fenix8_solar, 4533 fenix8_solar_large, 4534 fenix8_small,
4536 fenix8, 4575 enduro3, 4583 instinctE_40mm, 4584 instinctE_45mm, 4585 instinct3_solar_45mm,
4586 instinct3_amoled_45mm, 4587 instinct3_amoled_50mm, 4606 hrm_200, 4625 vivoactive6,
4666 fenix_e, 4759 instinct3_solar_50mm, 4775 tactix8_amoled, 4776 tactix8_solar
"""

_SPORTS = """
0 generic, 1 running, 2 cycling, 3 transition, 4 fitness_equipment, 5 swimming, 6 basketball,
7 soccer, 8 tennis, 9 american_football, 10 training, 11 walking, 12 cross_country_skiing,
13 alpine_skiing, 14 snowboarding, 15 rowing, 16 mountaineering, 17 hiking, 18 multisport,
19 paddling, 20 flying, 21 e_biking, 22 motorcycling, 23 boating, 24 driving, 25 golf,
26 hang_gliding, 27 horseback_riding, 28 hunting, 29 fishing, 30 inline_skating, 31 rock_climbing,
32 sailing, 33 ice_skating, 34 sky_diving, 35 snowshoeing, 36 snowmobiling,
37 stand_up_paddleboarding, 38 surfing, 39 wakeboarding, 40 water_skiing, 41 kayaking, 42 rafting,
43 windsurfing, 44 kitesurfing, 45 tactical, 46 jumpmaster, 47 boxing, 48 floor_climbing,
49 baseball, 53 diving, 62 hiit, 64 racket, 65 wheelchair_push_walk, 66 wheelchair_push_run,
67 meditation, 69 disc_golf, 71 cricket, 72 rugby, 73 hockey, 74 lacrosse, 75 volleyball,
76 water_tubing, 77 wakesurfing, 80 mixed_martial_arts, 82 snorkeling, 83 dance, 84 jump_rope,
254 all
"""

_SUB_SPORTS = """
0 generic, 1 treadmill, 2 street, 3 trail, 4 track, 5 spin, 6 indoor_cycling, 7 road, 8 mountain,
9 downhill, 10 recumbent, 11 cyclocross, 12 hand_cycling, 13 track_cycling, 14 indoor_rowing,
15 elliptical, 16 stair_climbing, 17 lap_swimming, 18 open_water, 19 flexibility_training,
20 strength_training, 21 warm_up, 22 match, 23 exercise, 24 challenge, 25 indoor_skiing,
26 cardio_training, 27 indoor_walking, 28 e_bike_fitness, 29 bmx, 30 casual_walking,
31 speed_walking, 32 bike_to_run_transition, 33 run_to_bike_transition, 34 swim_to_bike_transition,
35 atv, 36 motocross, 37 backcountry, 38 resort, 39 rc_drone, 40 wingsuit, 41 whitewater,
42 skate_skiing, 43 yoga, 44 pilates, 45 indoor_running, 46 gravel_cycling, 47 e_bike_mountain,
48 commuting, 49 mixed_surface, 50 navigate, 51 track_me, 52 map, 53 single_gas_diving,
54 multi_gas_diving, 55 gauge_diving, 56 apnea_diving, 57 apnea_hunting, 58 virtual_activity,
59 obstacle, 62 breathing, 65 sail_race, 67 ultra, 68 indoor_climbing, 69 bouldering, 70 hiit,
73 amrap, 74 emom, 75 tabata, 84 pickleball, 85 padel, 86 indoor_wheelchair_walk,
87 indoor_wheelchair_run, 88 indoor_hand_cycling, 94 squash, 95 badminton, 96 racquetball,
97 table_tennis, 110 fly_canopy, 111 fly_paraglide, 112 fly_paramotor, 113 fly_pressurized,
114 fly_navigate, 115 fly_timer, 116 fly_altimeter, 117 fly_wx, 118 fly_vfr, 119 fly_ifr, 254 all
"""

_DURATIONS = """
0 time, 1 distance, 2 hr_less_than, 3 hr_greater_than, 4 calories, 5 open,
6 repeat_until_steps_cmplt, 7 repeat_until_time, 8 repeat_until_distance, 9 repeat_until_calories,
10 repeat_until_hr_less_than, 11 repeat_until_hr_greater_than, 12 repeat_until_power_less_than,
13 repeat_until_power_greater_than, 14 power_less_than, 15 power_greater_than,
16 training_peaks_tss, 17 repeat_until_power_last_lap_less_than,
18 repeat_until_max_power_last_lap_less_than, 19 power_3s_less_than, 20 power_10s_less_than,
21 power_30s_less_than, 22 power_3s_greater_than, 23 power_10s_greater_than,
24 power_30s_greater_than, 25 power_lap_less_than, 26 power_lap_greater_than,
27 repeat_until_training_peaks_tss, 28 repetition_time, 29 reps, 31 time_only
"""

#: Field of a record -> vocabulary and what turns the profile's unit into the vocabulary's.
#: Of two fields for one word, the later one wins where it has a value.
RECORD_WORDS: tuple[tuple[int, str, float], ...] = (
    (0, "latitude_deg", 180 / 2**31),
    (1, "longitude_deg", 180 / 2**31),
    (2, "elevation_m", 1.0),
    (78, "elevation_m", 1.0),
    (5, "distance_m", 1.0),
    (6, "speed_mps", 1.0),
    (73, "speed_mps", 1.0),
    (3, "heart_rate_bpm", 1.0),
    (7, "power_w", 1.0),
    (13, "temperature_c", 1.0),
    (41, "contact_s", 1e-3),
    (40, "contact_share", 1e-2),
    (84, "contact_balance_left", 1e-2),
    (39, "vertical_oscillation_m", 1e-3),
    (83, "vertical_ratio", 1e-2),
    (85, "step_length_m", 1e-3),
    (99, "respiration_bpm", 1.0),
    (108, "respiration_bpm", 1.0),
    (33, "activity_energy_j", JOULES_PER_KILOCALORIE),
)

#: Of `file_id`: what else than an activity a file can be.
FILE_TYPES: Mapping[int, str] = {
    1: "device",
    2: "settings",
    3: "sport settings",
    5: "workout",
    6: "course",
    7: "schedule",
    9: "weight",
    10: "totals",
    11: "goals",
    14: "blood pressure",
    15: "monitoring",
    20: "activity summary",
    28: "daily monitoring",
    32: "monitoring",
    34: "segment",
    35: "segment list",
    40: "display configuration",
}
INTENSITIES = ("active", "rest", "warmup", "cooldown", "recovery", "interval", "other")
LAP_TRIGGERS = (
    "manual",
    "time",
    "distance",
    "position_start",
    "position_lap",
    "position_waypoint",
    "position_marked",
    "session_end",
    "fitness_equipment",
)
TARGETS = (
    "speed",
    "heart_rate",
    "open",
    "cadence",
    "power",
    "grade",
    "resistance",
    "power_3s",
    "power_10s",
    "power_30s",
    "power_lap",
    "swim_stroke",
    "speed_lap",
    "heart_rate_lap",
)
#: Event types that stop the timer of an activity, and the one that starts it.
TIMER_STOPS = (1, 4, 8, 9)
TIMER_START = 0

_SPORTS_ON_FOOT: Mapping[int, Sport] = {1: Sport.RUNNING, 11: Sport.WALKING, 17: Sport.WALKING}
_SPORTS_UNSAID = (0, 254)
#: Garmin, and Dynastream, which numbers its products with it.
_GARMINS = (1, 13, 15)
#: Treadmill and indoor running, indoor walking; then what else is done under a roof.
_ROOFED = frozenset({1, 5, 6, 14, 15, 16, 17, 25, 27, 45, 58, 68, 86, 87, 88})


@dataclass(frozen=True)
class FieldName:
    """A field's name, and how its stored number becomes one of the profile's unit.

    value = stored / `divisor` - `minus`
    """

    name: str
    divisor: float = 1.0
    minus: float = 0.0


@cache
def _words(table: str) -> Mapping[int, str]:
    """Number -> name, of a table of "1 one, 2 two"."""
    pairs = (entry.split() for entry in table.split(","))
    return {int(number): name for number, name in pairs}


@cache
def _fields() -> Mapping[int, tuple[str, Mapping[int, FieldName]]]:
    """Number of a message -> its name and fields."""
    messages = {}
    parts = re.split(r"^(\d+) (\w+):$", _FIELDS, flags=re.MULTILINE)
    for number, name, text in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        fields = {}
        for entry in text.split(","):
            key, field, *numbers = entry.split()
            scale = {n[0]: float(n[1:]) for n in numbers}
            fields[int(key)] = FieldName(field, scale.get("/", 1.0), scale.get("-", 0.0))
        messages[int(number)] = (name, fields)
    return messages


def message_name(number: int) -> str:
    """The name of a message.

    >>> message_name(20), message_name(233)
    ('record', 'unknown_233')
    """
    known = _fields().get(number)
    return known[0] if known else _words(_NAMES).get(number, f"unknown_{number}")


def field_of(message: int, number: int) -> FieldName:
    """The name and scale of a message's field.

    >>> field_of(20, 41).name, field_of(20, 41).divisor, field_of(20, 88).name
    ('stance_time', 10.0, 'unknown_88')
    """
    if number == 253:
        return FieldName("timestamp")
    known = _fields().get(message)
    field = known[1].get(number) if known else None
    return field or FieldName(f"unknown_{number}")


def manufacturer(number: int) -> str:
    """The maker's name."""
    return _words(_MANUFACTURERS).get(number, f"manufacturer {number}")


def product(maker: int, number: int) -> str:
    """The product's name; makers other than Garmin number theirs as they like."""
    known = _words(_PRODUCTS) if maker in _GARMINS else {}
    return known.get(number, f"product {number}")


def sport(number: int) -> Sport:
    """The sport as equations distinguish it."""
    if number in _SPORTS_UNSAID:
        return Sport.UNKNOWN
    return _SPORTS_ON_FOOT.get(number, Sport.OTHER)


def device_sport(number: int, sub_sport: int | None) -> str:
    """The device's words for a sport.

    >>> device_sport(1, 3), device_sport(2, None), device_sport(1, 0)
    ('running/trail', 'cycling', 'running')
    """
    name = _words(_SPORTS).get(number, f"sport {number}")
    return f"{name}/{_words(_SUB_SPORTS).get(sub_sport, sub_sport)}" if sub_sport else name


def is_indoors(sub_sport: int | None) -> bool:
    """Whether that kind of a sport is done under a roof."""
    return sub_sport in _ROOFED


def duration_kind(number: int) -> str:
    """What ends a step of a workout."""
    return _words(_DURATIONS).get(number, f"duration {number}")


def target_kind(number: int) -> str:
    """What a step of a workout aims at."""
    return TARGETS[number] if 0 <= number < len(TARGETS) else f"target {number}"


def word(words: tuple[str, ...], number: int | None) -> str:
    """The word that a number stands for; "" for none."""
    return words[number] if number is not None and 0 <= number < len(words) else ""
