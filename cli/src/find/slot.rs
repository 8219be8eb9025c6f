use crate::{
    FilterKind,
    check::Finding,
    document::{Malformed, Node, Position, Reader, Remark, read},
};
use serde_json::Value;

/// A filter in its place in a chain.
#[derive(Clone, Debug)]
pub struct Slot {
    /// Which filter.
    pub kind: FilterKind,
    /// The name that it has there; the filter's own where it has none.
    pub name: String,
    /// Where it stands in the file.
    pub at: Position,
    /// What carries its configuration.
    pub carrier: Carrier,
    /// Its configuration.
    pub configuration: Configuration,
    /// Where the setting stands that lets requests pass when the filter can't run.
    pub fails_open: Option<Position>,
    /// The name of the virtual machine, where plugins of one name share their data.
    pub vm: Option<String>,
    /// The file of its module, and where that is named.
    pub module: Option<(String, Position)>,
    /// What is odd about it, whatever its configuration says.
    pub findings: Vec<Finding>,
    /// Whether it is one of a suite: several filters in one place, in an order of their own.
    pub is_in_suite: bool,
    /// Istio's phase and priority, and where they stand; `None` for the priority where none is given.
    pub phase: Option<(u8, Option<i64>, Position)>,
}

/// What carries a filter's configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// Envoy's own configuration.
    Envoy,
    /// Istio's WasmPlugin or TrafficExtension.
    Istio,
    /// Envoy Gateway's EnvoyExtensionPolicy.
    EnvoyGateway,
    /// Higress' WasmPlugin.
    Higress,
    /// Nothing.
    Bare,
}

/// A filter's configuration as it stands in a file.
#[derive(Clone, Debug)]
pub enum Configuration {
    /// There is none, which is the same as an empty one.
    None,
    /// A document, and who reads it.
    Document {
        /// The document.
        node: Node,
        /// Who reads it.
        reader: Reader,
    },
    /// A text that should be a document and is none.
    Malformed(Malformed),
    /// A message that no filter can read, and where it stands.
    WrongType(Position, String),
}

impl Slot {
    /// A filter about which nothing more is known.
    pub fn new(kind: FilterKind, at: Position, carrier: Carrier) -> Self {
        Self {
            kind,
            name: kind.name().to_owned(),
            at,
            carrier,
            configuration: Configuration::None,
            fails_open: None,
            vm: None,
            module: None,
            findings: Vec::new(),
            is_in_suite: false,
            phase: None,
        }
    }

    /// The filters that do one thing each: those of a suite that have a section, else itself.
    pub fn single(&self) -> Vec<Self> {
        if self.kind != FilterKind::EdgeSuite {
            return vec![self.clone()];
        }
        let Configuration::Document { node, reader } = &self.configuration else {
            return Vec::new();
        };
        let section = |kind: FilterKind| {
            let node = node.get(&kind.section())?;
            Some(Self {
                kind,
                at: node.at,
                configuration: Configuration::Document {
                    node: node.clone(),
                    reader: *reader,
                },
                is_in_suite: true,
                ..self.clone()
            })
        };
        FilterKind::SINGLE.into_iter().filter_map(section).collect()
    }

    /// Its place among the plugins of a control plane; all the same where none orders them.
    pub fn order(&self) -> (u8, i64) {
        // Without a priority Istio takes the lowest there is.
        let lowest = i64::from(i32::MIN);
        self.phase.map_or((0, 0), |(phase, priority, _)| {
            (phase, -priority.unwrap_or(lowest))
        })
    }

    /// What the filter gets, and what may surprise in it; `Null` for nothing.
    pub fn value(&self) -> (Value, Vec<Remark>) {
        let mut remarks = Vec::new();
        let value = match &self.configuration {
            Configuration::Document { node, reader } => read(node, *reader, &mut remarks),
            _ => Value::Null,
        };
        (value, remarks)
    }

    /// Where the field at `path` of the configuration stands.
    pub fn locate(&self, path: &str) -> Position {
        match &self.configuration {
            Configuration::Document { node, .. } => node.locate(path),
            _ => self.at,
        }
    }

    /// Where the value of the field at `path` of the configuration stands.
    pub fn locate_value(&self, path: &str) -> Position {
        match &self.configuration {
            Configuration::Document { node, .. } => node.locate_value(path),
            _ => self.at,
        }
    }
}
