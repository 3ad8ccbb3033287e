"""How long the first response to a C-FIND takes over an index of 100,000 studies.

    query_index.py UPTAKE [STUDIES]

UPTAKE is the built command. The index is made by the node itself and filled in SQL, three series of ten instances to a
study; then the node is started on it and asked by pynetdicom over loopback, each query on an association that is open
already, and cancelled after fifty matches. Prints the median of nine, in milliseconds: until the first response, and
until the last.
"""

import pathlib
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

from pydicom.dataset import Dataset
from pynetdicom import AE

STUDY_ROOT_FIND = "1.2.840.10008.5.1.4.1.2.2.1"
PATIENT_ROOT_FIND = "1.2.840.10008.5.1.4.1.2.1.1"

FILL = """
INSERT INTO patient (id, patient_id, issuer_of_patient_id, patient_name, patient_birth_date, patient_sex,
        folded_name_alphabetic)
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :studies)
    SELECT i, 'P' || i, '', 'Family' || (i % 5000) || '^Given' || i, printf('19%02d0%d01', i % 90 + 10, i % 9 + 1), 'M',
        'family' || (i % 5000) || '^given' || i FROM n;
INSERT INTO study (id, patient, study_instance_uid, study_date, study_time, accession_number, study_id,
        study_description, referring_physician_name, first_received_at, folded_referring_alphabetic)
    SELECT id, id, '1.2.826.0.1.3680043.10.7.' || id,
        printf('%04d%02d%02d', 2014 + id % 10, id % 12 + 1, id % 28 + 1), printf('%02d3000', id % 24), 'A' || id,
        'S' || id, 'PET/CT ' || (id % 7), 'Doctor' || (id % 50), id, 'doctor' || (id % 50) FROM patient;
INSERT INTO series (id, study, series_instance_uid, modality, series_number, series_date, series_time,
        series_description, body_part_examined, protocol_name, station_name, manufacturer, manufacturer_model_name)
    SELECT study.id * 3 + k, study.id, study_instance_uid || '.' || k, CASE k WHEN 0 THEN 'CT' WHEN 1 THEN 'PT'
        ELSE 'SR' END, k, study_date, study_time, 'series ' || k, '', '', '', '', ''
    FROM study, (SELECT 0 AS k UNION SELECT 1 UNION SELECT 2);
INSERT INTO instance (series, sop_instance_uid, sop_class_uid, transfer_syntax_uid, digest, size, received_at,
        source_ae_title, image_type, image_position_patient, image_orientation_patient, frame_of_reference_uid,
        series_type)
    SELECT series.id, series_instance_uid || '.' || k, '1.2.840.10008.5.1.4.1.1.2', '1.2.840.10008.1.2.1',
        printf('%064d', series.id * 10 + k), 1, 0, 'BENCH', '', '', '', '', ''
    FROM series, (SELECT 0 AS k UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5
        UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9);
"""

ALL = {"QueryRetrieveLevel": "STUDY", "PatientName": "", "PatientID": "", "StudyDate": "", "StudyInstanceUID": "",
       "ModalitiesInStudy": "", "NumberOfStudyRelatedInstances": ""}
QUERIES = [
    ("everything", STUDY_ROOT_FIND, {}),
    ("one patient ID", STUDY_ROOT_FIND, {"PatientID": "P{middle}"}),
    ("one study UID", STUDY_ROOT_FIND, {"StudyInstanceUID": "1.2.826.0.1.3680043.10.7.{middle}"}),
    ("accession number", STUDY_ROOT_FIND, {"AccessionNumber": "A{middle}"}),
    ("name, exact", STUDY_ROOT_FIND, {"PatientName": "FAMILY{name}^Given{middle}"}),
    ("name, beginning", STUDY_ROOT_FIND, {"PatientName": "family{name}*"}),
    ("name, ending", STUDY_ROOT_FIND, {"PatientName": "*Given{middle}"}),
    ("name, nobody's", STUDY_ROOT_FIND, {"PatientName": "*nobody*"}),
    ("one day", STUDY_ROOT_FIND, {"StudyDate": "20190414"}),
    ("one year", STUDY_ROOT_FIND, {"StudyDate": "20190101-20191231"}),
    ("since long ago", STUDY_ROOT_FIND, {"StudyDate": "20140101-"}),
    ("one modality", STUDY_ROOT_FIND, {"ModalitiesInStudy": "PT"}),
    ("a modality of none", STUDY_ROOT_FIND, {"ModalitiesInStudy": "MG"}),
    ("year and modality", STUDY_ROOT_FIND, {"StudyDate": "20190101-20191231", "ModalitiesInStudy": "PT"}),
    ("series of a study", STUDY_ROOT_FIND,
     {"QueryRetrieveLevel": "SERIES", "StudyInstanceUID": "1.2.826.0.1.3680043.10.7.{middle}", "SeriesInstanceUID": ""}),
    ("patients by birth date", PATIENT_ROOT_FIND, {"QueryRetrieveLevel": "PATIENT", "PatientBirthDate": "19500101"}),
]


def serve(uptake, folder):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    configuration = folder / "uptake.toml"
    configuration.write_text(f"""
        [node]
        address = "127.0.0.1"
        port = {port}
        state_directory = "{folder}/state"
        reserve_mib = 0
        maximum_query_matches = 1000000
        [[peer]]
        ae_title = "BENCH"
        """)
    process = subprocess.Popen([uptake, "serve", "--config", configuration], stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True)
    assert process.stdout.readline().startswith("listening"), "the node did not start"
    return process, port


def stop(process):
    process.send_signal(signal.SIGTERM)
    process.wait(60)


def measure(association, model, keys, most):
    data = Dataset()
    for keyword, value in keys.items():
        setattr(data, keyword, value)
    begin = time.perf_counter()
    first, count = None, 0
    for status, match in association.send_c_find(data, model):
        first = first or time.perf_counter()
        count += match is not None
        if count == most:
            association.send_c_cancel(1, query_model=model)
    return (first - begin) * 1000, (time.perf_counter() - begin) * 1000, count


def ask(port, called, query, studies):
    """Asks one query on an association of its own; the milliseconds until the first response and the last, and how many
    matched."""
    _, model, keys = query
    middle = studies // 2
    given = {key: value.format(middle=middle, name=middle % 5000) for key, value in keys.items()}
    base = ALL if model == STUDY_ROOT_FIND and "QueryRetrieveLevel" not in keys else {"PatientID": ""}
    entity = AE(ae_title="BENCH")
    entity.add_requested_context(model)
    association = entity.associate("127.0.0.1", port, ae_title=called)
    # Else the client's own Nagle delay of 40 ms is all there is to see.
    association.dul.socket.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        return measure(association, model, {**base, **given}, 50)
    finally:
        association.release()


def main():
    uptake, studies = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        stop(serve(uptake, folder)[0])
        index = sqlite3.connect(folder / "state/index.sqlite")
        for statement in FILL.split(";")[:-1]:
            index.execute(statement, {"studies": studies} if ":studies" in statement else {})
        index.commit()
        index.close()
        process, port = serve(uptake, folder)
        try:
            print(f"{studies} studies\n{'':24}{'first ms':>10}{'last ms':>10}{'matches':>9}")
            for title, model, keys in QUERIES:
                times = [ask(port, "UPTAKE", (title, model, keys), studies) for _ in range(9)]
                first, last = (statistics.median(row[i] for row in times) for i in (0, 1))
                print(f"{title:24}{first:10.1f}{last:10.1f}{times[0][2]:9}")
        finally:
            stop(process)


if __name__ == "__main__":
    main()
