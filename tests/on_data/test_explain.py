"""Why: from a product, an exposure or a feature back to each row that fired, and the value it read."""

import json

import pandas as pd
import pytest

from scrub import hst_cal, hst_svm, jwst, samples, tables
from scrub.cli import main
from scrub.files import table_files
from scrub.files.table_files import read_numbered, read_table
from scrub.on_data import explain, origins
from scrub.on_data.explain import NoSuchNameError
from tests.strategies import RULES

PRODUCT = "jw09999-o007_t4_miri_ch1-short"


def why(name: str, source=samples.TABLE, rules=RULES, base="jwst"):
    return explain.explain(rules, base, name, source)


def test_a_product_is_explained_by_each_row_that_fired_and_what_it_read():
    (told,) = why(PRODUCT)
    assert told.end == f"in {PRODUCT}"
    by_table = {reason.table: reason for reason in told.reasons}
    assert by_table["exposure_types"].read == "exp_type=MIR_MRS, tsovisit=false"
    assert by_table["exposure_types"].answers == "group=spec, naming=mrs, element_order=pupil_first, target=own"
    assert by_table["product_names"].rule == "product_names.csv:10"
    assert told.reasons[0] == by_table["product_names"]  # what named the product comes first
    assert by_table["pixel_scales"].note == "What trained models saw"
    assert by_table["targets"].source == "spacekit 1.1.4 preprocessor/scrub.py verify_target_groups"
    assert by_table["identities"].read == "TARG_RA=81.08, TARG_DEC=-70.23"
    parts = [reason.read for reason in told.reasons if reason.table == "name_parts"]
    assert "BAND=SHORT" in parts
    assert "CHANNEL=12" in parts


@pytest.mark.parametrize("category", ["GALAXY;SPIRAL", "GALAXY ;SPIRAL", "N/A;SPIRAL", ";SPIRAL"])
def test_a_code_is_explained_by_the_row_that_gave_it(category):
    rules = hst_svm.read_rules()
    table = hst_svm.example(rules).assign(category=category)
    answer = hst_svm.run(table, rules=rules)
    (name,) = answer.features.index
    (explained,) = why(f"{name}:cat", table, rules, "hst_svm")
    codes = rules["encodings"].rows.set_index("rule")["code"]
    cited = [codes[reason.rule] for reason in explained.reasons if reason.table == "encodings"]
    assert cited == [str(answer.features.loc[name, "cat"])]


@pytest.mark.slow
def test_an_exposure_without_product_is_explained_by_the_rule_that_left_it_out():
    members = jwst.run(samples.TABLE).members
    left = members[members["product_id"].isna()].iloc[0]
    (told,) = why(left["exposure"])
    assert told.end == f"left out by {left['rule']}"
    assert told.reasons[0].rule == left["rule"]


def test_a_rejected_exposure_is_explained_by_its_reject(sample):
    table = sample.assign(CRVAL1="x")
    (told,) = why(sample["exposure"].iloc[0], table)
    assert told.end == "rejected at jwst/exposures: CRVAL1 not a number: 'x'"
    assert told.reasons == []


def test_an_archive_filter_is_explained_by_the_band_it_was(sample):
    table = sample.assign(FILTER="NC." + sample["FILTER"])
    band = why(sample["exposure"].iloc[0], table)[0].reasons[1]
    assert (band.table, band.read, band.answers) == ("archive_filters", "FILTER=NC.F200W", "filter=first")


def test_a_product_that_lacks_what_it_needs_is_explained_by_the_row_that_says_so():
    rules = tables.read("jwst_dms")
    table = jwst.example(rules).assign(
        EXP_TYPE="MIR_LYOT", INSTRUME="MIRI", DETECTOR="MIRIMAGE", FILTER="F2300C", PUPIL="", SUBARRAY="MASKLYOT"
    )
    table = table.assign(exposure=table["exposure"].str.replace("nis", "mirimage"))
    (told,) = why(table["exposure"].iloc[0], table, rules, "jwst_dms")
    assert told.end == f"left out by {told.reasons[0].rule}"
    assert (told.reasons[0].table, told.reasons[0].read) == ("needs", "all exposures of its product")


def test_an_exposure_that_a_rule_abstains_from_is_explained_by_what_would_have_to_be_known():
    rules = tables.read("jwst_dms")
    table = jwst.example(rules).assign(VISITYPE="PRIME_TARGETED_MOVING", TARGNAME="")
    (told,) = why(table["exposure"].iloc[0], table, rules, "jwst_dms")
    assert told.end == f"undecided: {told.reasons[0].rule} needs TARGPROP"
    assert told.reasons[0].table == "targets"


FEATURES = {
    "subarray": [("features", "SUBARRAY=FULL"), ("abbreviations", "subarray=FULL"), ("encodings", "subarray=FULL")],
    "filter": [("features", "FILTER=(missing)"), ("encodings", "filter=NONE")],
    "nexposur": [("features", "NEXPOSUR=2")],
}


@pytest.mark.slow
@pytest.mark.parametrize("feature", FEATURES)
def test_a_feature_is_explained_by_its_row_its_fold_and_its_code(feature):
    (told,) = why(f"{PRODUCT}:{feature}")
    own = FEATURES[feature]
    assert [(reason.table, reason.read) for reason in told.reasons][-len(own) :] == own
    assert "product_names" in {
        reason.table for reason in told.reasons
    }  # the name of the product, without which no cell
    number = jwst.run(samples.TABLE).features["spec"].loc[PRODUCT, feature]
    assert told.end == f"{feature} is {number}"


def test_features_of_hst_data_sets_are_explained():
    rules = hst_cal.read_rules()
    (told,) = why("j8zs05020:detector", hst_cal.example(rules).rename(columns={"dataset": "ipst"}), rules, "hst_cal")
    assert told.end == "detector is 1"
    assert [reason.read for reason in told.reasons] == ["DETECTOR=WFC", "detector=WFC", "detector=WFC"]
    everything = why("j8zs05020", hst_cal.example(rules).rename(columns={"dataset": "ipst"}), rules, "hst_cal")
    assert [told.end.partition(" ")[0] for told in everything] == list(rules["features"].rows["feature"])


@pytest.mark.parametrize("name", ["nothing", "nothing:filter"])
def test_a_name_that_is_not_there_is_refused(name):
    with pytest.raises(NoSuchNameError, match=f"{name}: no product, exposure"):
        why(name)


@pytest.mark.slow
def test_a_feature_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(NoSuchNameError, match="no feature nothing: there are instr, detector, .*crowdfld"):
        why(f"{PRODUCT}:nothing")
    assert why(f"{PRODUCT}:SUBARRAY") == why(f"{PRODUCT}:subarray")


@pytest.mark.slow
def test_the_command_prints_file_line_source_and_note(capsys):
    assert main.main(["rules", "why", PRODUCT, "--on", str(samples.TABLE)]) == 0
    out = capsys.readouterr().out
    assert f"(and 1 more exposures): in {PRODUCT}\n" in out
    assert "  pixel_scales.csv:6: instrume=MIRI, exp_type=MIR_MRS, channel=other -> scale=0.196" in out
    assert "spacekit 1.1.4 preprocessor/transform.py (What trained models saw)" in out
    assert main.main(["rules", "why", PRODUCT, "--on", str(samples.TABLE), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told[0]["reasons"][1]["rule"].startswith("archive_filters.csv:")
    assert main.main(["rules", "why", "nothing", "--on", str(samples.TABLE)]) == 2
    assert "no product, exposure" in capsys.readouterr().err


def test_a_word_without_a_table_is_explained_by_the_rows_that_name_it(capsys):
    assert main.main(["rules", "why", "MIR_WFSS"]) == 0
    out = capsys.readouterr().out
    named = tables.read("jwst")["exposure_types"].rows.query("exp_type == 'MIR_WFSS'")["rule"]
    assert all(f"  {rule}: " in out for rule in named)
    assert "encodings.csv" in out
    assert main.main(["rules", "why", "NO_SUCH_WORD"]) == 2
    assert "no row of jwst names NO_SUCH_WORD" in capsys.readouterr().err


def test_exposures_of_one_name_that_differ_are_explained_by_their_rejects():
    rules = jwst.read_rules()
    one = jwst.example(rules).head(1).assign(exposure="a")
    (block,) = explain.explain(rules, "jwst", "a", pd.concat([one, one]))
    assert block.end.startswith("in ")
    ends = [own.end for own in explain.explain(rules, "jwst", "a", pd.concat([one, one.assign(TSOVISIT="t")]))]
    reason = "rejected at jwst/exposures: TSOVISIT not what another row of this name has"
    assert ends == [f"{reason}: {value!r}" for value in ("False", "True")]


def test_a_name_that_ends_like_a_feature_is_a_name_first():
    rules = jwst.read_rules()
    table = jwst.example(rules).head(1).assign(exposure="c:filter")
    (told,) = explain.explain(rules, "jwst", "c:filter", table)
    assert told.end.startswith("in ")


def test_a_reject_is_an_answer(tmp_path, capsys):
    table = jwst.example(jwst.read_rules()).assign(CRVAL1="x")
    table.to_csv(tmp_path / "t.csv", index=False)
    assert main.main(["rules", "why", table["exposure"].iloc[0], "--on", str(tmp_path / "t.csv")]) == 0
    assert "rejected at jwst/exposures: CRVAL1 not a number" in capsys.readouterr().out


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_table_file_is_read_once(tmp_path, monkeypatch, ending):
    path, reads = tmp_path / f"t.{ending}", []
    table = read_table(samples.TABLE).good
    table.to_csv(path, index=False) if ending == "csv" else table.to_parquet(path)

    def read_and_count(own):
        reads.append(own)
        return read_numbered(own)

    monkeypatch.setattr(table_files, "read_numbered", read_and_count)
    monkeypatch.setattr(origins, "read_numbered", read_and_count)
    (cell,) = why(f"{PRODUCT}:detector", path)
    assert cell.values[0].place
    apart = explain.explain_apart(RULES, "jwst", table["exposure"][0], PRODUCT, path)
    assert apart.values[0].place
    assert reads == [path, path]  # once for each of the two


def test_a_torn_line_is_explained(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(samples.TABLE.read_text() + "jw09999099001_02101_00001_nis,1\n")
    (torn,) = why("jw09999099001_02101_00001_nis", path)
    assert torn.end.startswith("rejected at table:  a line of fewer than")
