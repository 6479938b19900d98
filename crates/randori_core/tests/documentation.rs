//! Pages for people who write files, held against the code that reads them.

#[path = "documentation/page.rs"]
mod page;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use page::{blocks, read, root};
use randori_core::diagnostic::{DiagnosticCode, RunCode};
use randori_core::sensor::{About, Preset, SensorKind};
use randori_core::spec::{MaterialSpec, PhysicsPreset, RobotSpec};
use randori_core::text::outline::{NodeKind, Outline};
use randori_core::text::{FileKind, Limits, MemoryFiles, Override, ScenarioText, check_file};

const FORMAT_PAGE: &str = "scenario-format.md";

const CONTRACT_PAGE: &str = "policy-contract.md";

/// The page that documents the types of a source file.
fn page_of(source: &str) -> &'static str {
    if source == "contract.rs" { CONTRACT_PAGE } else { FORMAT_PAGE }
}

/// The files that the page shows whole, by their path.
fn shown_files() -> BTreeMap<String, String> {
    let whole = |block: page::Block| {
        let path = block.info.strip_prefix("ron file=")?.to_owned();
        Some((path, block.body))
    };
    blocks(&read(FORMAT_PAGE)).into_iter().filter_map(whole).collect()
}

fn assert_no_findings(files: &MemoryFiles, path: &str, place: &str) -> FileKind {
    let (kind, findings) = check_file(files, path, &Limits::default());
    assert!(findings.list.is_empty(), "{place}:\n{}", findings.short());
    kind
}

#[test]
fn every_example_is_marked_as_a_file_or_a_fragment() {
    for block in blocks(&read(FORMAT_PAGE)).iter().filter(|block| block.info.starts_with("ron")) {
        let is_marked = ["ron file=", "ron fragment="].iter().any(|m| block.info.starts_with(m));
        assert!(
            is_marked,
            "{FORMAT_PAGE}:{}: write `ron file=..` or `ron fragment=..`",
            block.line
        );
    }
}

#[test]
fn every_file_of_the_page_has_no_findings() {
    let shown = shown_files();
    let files = MemoryFiles::new(shown.clone());
    let kinds: Vec<&str> =
        shown.keys().map(|path| assert_no_findings(&files, path, path).name()).collect();

    for kind in ["Robot", "Environment", "Scenario"] {
        assert!(kinds.contains(&kind), "the tour shows no {kind}");
    }
}

/// What a file of this kind must say at least.
fn essentials(kind: &str) -> (&'static str, &'static [(&'static str, &'static str)]) {
    match kind {
        "robot" => (
            "Robot",
            &[
                ("format", "1"),
                ("name", "\"fragment\""),
                ("base", "Floating(link: \"base\")"),
                (
                    "links",
                    "[(name: \"base\", mass_kg: 1.0, shapes: [(shape: Sphere(radius: 0.1))])]",
                ),
            ],
        ),
        "environment" => ("Environment", &[("format", "1"), ("name", "\"fragment\"")]),
        "scenario" => (
            "Scenario",
            &[
                ("format", "1"),
                ("title", "\"fragment\""),
                ("duration", "10.0"),
                ("environment", "\"assets:environments/room.ron\""),
            ],
        ),
        other => panic!("there are no fragments of kind `{other}`"),
    }
}

/// The fragment with everything that it takes for granted.
fn completed(kind: &str, fragment: &str) -> String {
    let (name, essentials) = essentials(kind);
    let alone = format!("{name}({fragment})");
    let outline = Outline::scan(&alone, Limits::default().nesting);
    let Some(NodeKind::Struct { fields, .. }) = outline.root.map(|root| root.kind) else {
        panic!("a fragment holds fields:\n{fragment}");
    };
    let given: Vec<&str> = fields.iter().map(|field| &alone[field.name.clone()]).collect();
    let added: Vec<String> = essentials
        .iter()
        .filter(|(field, _)| !given.contains(field))
        .map(|(field, value)| format!("{field}: {value}"))
        .collect();
    format!("{name}({},\n{fragment})", added.join(", "))
}

#[test]
fn every_fragment_of_the_page_has_no_findings() {
    let shown = shown_files();
    let mut seen = 0;
    for block in blocks(&read(FORMAT_PAGE)) {
        let Some(kind) = block.info.strip_prefix("ron fragment=") else { continue };
        let mut files = MemoryFiles::new(shown.clone());
        files.insert("scenarios/tour/fragment.ron", completed(kind, &block.body));
        let place = format!("{FORMAT_PAGE}:{}", block.line);
        assert_no_findings(&files, "scenarios/tour/fragment.ron", &place);
        seen += 1;
    }
    assert!(seen > 3, "only {seen} fragments were found");
}

#[test]
fn every_assignment_of_the_page_can_be_made() {
    let files = MemoryFiles::new(shown_files());
    let text = ScenarioText::load(&files, "scenarios/tour/reach.ron", &Limits::default())
        .unwrap_or_else(|errors| panic!("{errors}"));
    let assignments: String = blocks(&read(FORMAT_PAGE))
        .into_iter()
        .filter(|block| block.info == "text set")
        .map(|block| block.body)
        .collect();
    assert!(assignments.lines().count() > 10, "the examples are gone");
    let all: Vec<Override> = assignments
        .lines()
        .map(|line| Override::parse(line, "--set").expect("PATH=VALUE"))
        .collect();
    for single in &all {
        if let Err(errors) = text.resolve(std::slice::from_ref(single)) {
            panic!("{}={}\n{}", single.path, single.value, errors.short());
        }
    }
    if let Err(errors) = text.resolve(&all) {
        panic!("all at once:\n{}", errors.short());
    }
}

/// A type of `spec`, as its source declares it.
#[derive(Debug, Default)]
struct SpecType {
    /// Fields of a structure, or variants of an enumeration.
    entries: BTreeSet<String>,
    /// Named parts of each variant.
    parts: BTreeMap<String, BTreeSet<String>>,
    /// The page that documents it.
    page: &'static str,
}

/// All types that files are made of. Relies on how rustfmt lays out code.
fn spec_types() -> BTreeMap<String, SpecType> {
    // These are made by the checker or for it, and are never written.
    let derived = ["Scenario", "PhysicsSettings", "Trigger"];
    let folder = root().join("crates/randori_core/src/spec");
    let mut types = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        let page = page_of(&path.file_name().expect("a file").to_string_lossy());
        let source = fs::read_to_string(path).expect("a source");
        let mut lines = source.lines();
        while let Some(line) = lines.next() {
            let declares = |word: &str| line.strip_prefix(word).filter(|_| line.ends_with('{'));
            let Some(rest) = declares("pub struct ").or_else(|| declares("pub enum ")) else {
                continue;
            };
            let name = word(rest);
            let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "}").collect();
            if !derived.contains(&name) {
                types.insert(name.to_owned(), SpecType { page, ..declared(&body) });
            }
        }
    }
    for (name, folder, kind) in ROOMS {
        types.insert(name.to_owned(), kinds(folder, kind));
    }
    types
}

/// Enumerations of kinds that have a file each: their names, the folders of the files,
/// and what the structures in them implement.
const ROOMS: [(&str, &str, &str); 3] = [
    ("SensorKind", "sensor", "SensorType"),
    ("Effect", "effect", "EffectType"),
    ("PolicySource", "policy_source", "SourceType"),
];

/// Kinds of something, each a structure in a file of its own.
fn kinds(folder: &str, implemented: &str) -> SpecType {
    let mut kinds = SpecType { page: FORMAT_PAGE, ..SpecType::default() };
    let folder = root().join("crates/randori_core/src").join(folder);
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        let Ok(source) = fs::read_to_string(path) else { continue };
        let Some((_, rest)) = source.split_once(&format!("\nimpl {implemented} for ")) else {
            continue;
        };
        let name = word(rest).to_owned();
        if let Some((_, body)) = source.split_once(&format!("pub struct {name} {{\n")) {
            let body: Vec<&str> = body.lines().take_while(|line| *line != "}").collect();
            kinds.parts.insert(name.clone(), declared(&body).entries);
        }
        kinds.entries.insert(name);
    }
    kinds
}

/// The identifier that a text begins with.
fn word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    &text[..end]
}

fn declared(body: &[&str]) -> SpecType {
    let mut spec = SpecType::default();
    let (mut renamed, mut variant) = (None, String::new());
    for line in body {
        let code = line.trim_start();
        let depth = line.len() - code.len();
        if let Some(name) = code.strip_prefix("#[serde(rename = \"") {
            renamed = Some(word(name).to_owned());
        }
        if code.starts_with(['#', '/', '}']) || code.is_empty() {
            continue;
        }
        let own_name = word(code.strip_prefix("pub ").unwrap_or(code)).to_owned();
        let name = renamed.take().unwrap_or(own_name);
        if depth == 4 {
            variant.clone_from(&name);
            spec.entries.insert(name);
        } else if code.contains(": ") {
            spec.parts.entry(variant.clone()).or_default().insert(name);
        }
    }
    spec
}

/// The rows of the first table behind `<!-- spec: NAME -->`, before the next
/// heading.
fn rows<'p>(page: &'p str, name: &str) -> Option<Vec<&'p str>> {
    let (_, section) = page.split_once(&format!("<!-- spec: {name} -->"))?;
    let lines = section.lines().take_while(|line| !line.starts_with('#'));
    let table = lines.skip_while(|line| !line.starts_with('|'));
    let rows = table.take_while(|line| line.starts_with('|'));
    Some(rows.filter(|line| line.starts_with("| `")).collect())
}

#[test]
fn the_page_documents_every_field_and_choice_and_no_other() {
    let types = spec_types();
    assert!(types.len() > 40, "only {} types were found", types.len());
    let pages: BTreeMap<&str, String> =
        [FORMAT_PAGE, CONTRACT_PAGE].into_iter().map(|page| (page, read(page))).collect();
    for (name, spec) in &types {
        let rows = rows(&pages[spec.page], name).unwrap_or_else(|| {
            panic!("`{name}` has no section in {}: add `<!-- spec: {name} -->`", spec.page)
        });
        let entry = |row: &&str| word(&row["| `".len()..]).to_owned();
        let documented: BTreeSet<String> = rows.iter().map(entry).collect();
        assert_eq!(documented, spec.entries, "the table of `{name}` differs from the code");
        for (variant, parts) in &spec.parts {
            let row = rows.iter().find(|row| entry(row) == *variant).expect("compared above");
            let code: Vec<&str> = row.split('`').skip(1).step_by(2).collect();
            let is_named = |part: &String| code.iter().any(|code| has_word(code, part));
            let missing: Vec<&String> = parts.iter().filter(|part| !is_named(part)).collect();
            assert!(
                missing.is_empty(),
                "`{variant}` of `{name}` is documented without {missing:?}"
            );
        }
    }
    for page in pages.values() {
        for (at, mark) in page.match_indices("<!-- spec: ") {
            let name = word(&page[at + mark.len()..]);
            assert!(types.contains_key(name), "`{name}` is no type of a file");
        }
    }
}

#[test]
fn the_table_of_sensors_is_that_of_the_kinds() {
    let page = read(FORMAT_PAGE);
    let shown = rows(&page, "SensorKind").expect("the table of kinds");
    let all = SensorKind::all();
    let row = |it: &About| format!("| `{}` | {} | {} |", it.example, it.channels, it.meaning);
    let wanted: Vec<String> = all.iter().map(row).collect();
    assert_eq!(shown.join("\n"), wanted.join("\n"), "the table should read as on the right");

    let robot = "Robot(format: 1, name: \"r\", base: Fixed(link: \"a\"), links: [])";
    let robot: RobotSpec = ron::from_str(robot).expect("a robot");
    let mut without_link = Vec::new();
    for about in all {
        let kind: SensorKind =
            ron::from_str(&about.example.replace("[...]", "[]")).expect("an example of the kind");
        let documented: Vec<&str> = about.channels.split('`').skip(1).step_by(2).collect();
        let channels = kind.channels(&robot);
        let measured: Vec<&str> = channels.iter().map(|channel| channel.name.as_str()).collect();
        assert_eq!(documented, measured, "channels of `{}`", about.example);
        if !kind.needs_link() {
            without_link.push(format!("`{}`", word(about.example)));
        }
    }
    let rule = format!("required for all kinds except {}", without_link.join(" and "));
    assert!(page.contains(&rule), "the page does not say: {rule}");
    let presets: Vec<String> = Preset::ALL.iter().map(|it| format!("`{}`", it.name)).collect();
    assert!(page.contains(&format!("override: {}", presets.join(", "))), "{presets:?}");
}

fn has_word(text: &str, wanted: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == wanted)
}

#[track_caller]
fn assert_shown(page: &str, row: &str) {
    assert!(page.lines().any(|line| line.starts_with(row)), "the page does not show\n{row}");
}

#[test]
fn the_page_shows_the_numbers_of_presets_and_materials() {
    let page = read(FORMAT_PAGE);
    for preset in [PhysicsPreset::Fast, PhysicsPreset::Default, PhysicsPreset::Reference] {
        let s = preset.settings();
        let (rate, frequency, damping) =
            (s.rate_hz, s.contact_frequency_hz, s.contact_damping_ratio);
        let counts = format!("{} | {}", s.substeps, s.solver_iterations);
        assert_shown(
            &page,
            &format!("| `{preset:?}` | {rate} | {counts} | {frequency} | {damping} |"),
        );
        assert_eq!(s.gravity, [0.0, 0.0, -9.81], "the page says so");
    }
    for name in MaterialSpec::BUILT_IN {
        let material = MaterialSpec::built_in(name).expect("listed");
        let (friction, combine) = (material.friction, material.combine);
        assert_shown(&page, &format!("| `{name}` | {friction} | `{combine:?}` |"));
    }
}

#[test]
fn the_page_shows_every_limit() {
    let page = read(FORMAT_PAGE);
    let (_, section) = page.split_once("<!-- limits -->").expect("the mark before the table");
    let rows: Vec<&str> = section
        .lines()
        .skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'))
        .skip(2)
        .collect();
    let limits = format!("{:?}", Limits::default());
    let fields: Vec<(&str, &str)> = limits
        .trim_start_matches("Limits { ")
        .trim_end_matches(" }")
        .split(", ")
        .map(|field| field.split_once(": ").expect("a name and a number"))
        .collect();

    assert_eq!(rows.len(), fields.len(), "one row per limit: {limits}");
    for (row, (name, value)) in rows.iter().zip(fields) {
        assert!(
            row.contains(&format!("| {value} ")),
            "`{name}` is {value}, but the page says {row}"
        );
    }
}

/// The page of diagnostics, made from the table of codes.
fn diagnostics_page() -> String {
    let mut parts = vec![DIAGNOSTICS_HEAD.to_owned()];
    let mut current = "";
    for code in DiagnosticCode::ALL {
        let heading = GROUPS.iter().find(|(group, _)| code.as_str().starts_with(group));
        let (group, title) = heading.unwrap_or_else(|| panic!("{code} belongs to no group"));
        if *group != current {
            parts.push(format!("\n## {title} (`{group}xx`)\n"));
            current = group;
        }
        parts.push(format!("\n### {code}: {}\n\n{}\n", code.title(), code.explain()));
    }
    parts.push(RUN_ERRORS_HEAD.to_owned());
    for code in RunCode::ALL {
        parts.push(format!("\n### {code}: {}\n\n{}\n", code.title(), code.explain()));
    }
    parts.concat()
}

const GROUPS: [(&str, &str); 9] = [
    ("RS00", "Files"),
    ("RS01", "Text"),
    ("RS02", "Names and paths"),
    ("RS03", "Values"),
    ("RS04", "Structure"),
    ("RS05", "Time"),
    ("RS06", "Formulas"),
    ("RS07", "Policies"),
    ("RS08", "Imports"),
];

const DIAGNOSTICS_HEAD: &str = "\
# Diagnostics

What `randori check` and `randori run` report about files, by code. Codes are stable: one is never used for anything else. Errors prevent
a run, warnings do not. `randori explain RS0203` prints one of these explanations.

Codes that begin with `RR` are [run errors](#run-errors).

This page is generated from the tables of codes by a test; see `crates/randori_core/tests/documentation.rs`.
";

const RUN_ERRORS_HEAD: &str = "
## Run errors

Why a run failed (`RR01xx`), could not start (`RR02xx`) or could not be recorded (`RR03xx`); `RR0901` is a bug in Randori.
";

#[test]
fn the_page_of_diagnostics_is_that_of_the_codes() {
    let (path, made) = (root().join("docs/diagnostics.md"), diagnostics_page());
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, &made).expect("the page can be written");
    }
    let page = fs::read_to_string(&path).unwrap_or_default();
    let differs = page.lines().zip(made.lines()).position(|(is, should_be)| is != should_be);
    assert!(
        page == made,
        "docs/diagnostics.md is out of step with the codes, first at line {}; write it anew with\n\
         BLESS=1 cargo test -p randori_core --test documentation",
        differs.unwrap_or(page.lines().count().min(made.lines().count())) + 1
    );
}
