use super::{Node, Read, Refused, Text};
use std::{collections::BTreeMap, ops::Deref};

/// The members of an object whose names are free, in the order of their names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pairs<K, V>(pub Vec<(K, V)>);

impl<K, V> Default for Pairs<K, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K, V> Pairs<K, V> {
    /// The names.
    pub fn keys(&self) -> impl Iterator<Item = &K> {
        self.0.iter().map(|(name, _)| name)
    }
}

impl<K, V> Deref for Pairs<K, V> {
    type Target = [(K, V)];
    fn deref(&self) -> &[(K, V)] {
        &self.0
    }
}

impl<K, V> IntoIterator for Pairs<K, V> {
    type Item = (K, V);
    type IntoIter = std::vec::IntoIter<(K, V)>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<K: Text, V: Read> Read for Pairs<K, V> {
    fn read(node: &Node<'_>) -> Result<Self, Refused> {
        let mut pairs = Vec::new();
        node.each_member(&mut |name, member| {
            let key = K::parse(name).ok_or_else(|| member.refuse_as("this name", K::EXPECTED))?;
            pairs.push((key, V::read(member)?));
            Ok(())
        })?;
        Ok(Self(pairs))
    }
}

impl<K: Text + Ord, V: Read> Read for BTreeMap<K, V> {
    fn read(node: &Node<'_>) -> Result<Self, Refused> {
        Pairs::read(node).map(|pairs| pairs.into_iter().collect())
    }
}

crate::describe! {
    impl<K: Text, V: crate::document::Describe> crate::document::Describe for Pairs<K, V> {
        fn describe(schemas: &mut crate::document::Schemas) -> serde_json::Value {
            let value = V::describe(schemas);
            let mut object = serde_json::json!({"type": "object", "additionalProperties": value});
            if let (Some(pattern), Some(members)) = (K::PATTERN, object.as_object_mut()) {
                members.insert("propertyNames".into(), serde_json::json!({"pattern": pattern}));
            }
            object
        }

        fn written(&self) -> Option<serde_json::Value> {
            let pairs = self.iter().map(|(key, value)| Some((key.to_text()?, value.written()?)));
            pairs.collect::<Option<serde_json::Map<_, _>>>().map(serde_json::Value::Object)
        }
    }

    impl<K: Text, V: crate::document::Describe> crate::document::Describe for BTreeMap<K, V> {
        fn describe(schemas: &mut crate::document::Schemas) -> serde_json::Value {
            Pairs::<K, V>::describe(schemas)
        }
    }
}
