use super::{Node, Read, Refused};
use crate::OneOrMany;

impl<T: Read> Read for OneOrMany<T> {
    fn read(node: &Node<'_>) -> Result<Self, Refused> {
        let mut list = Vec::new();
        node.each_item(&mut |item| {
            list.push(T::read(item)?);
            Ok(())
        })?;
        Ok(Self(list))
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(node: &Node<'_>) -> Result<Self, Refused> {
        OneOrMany::read(node).map(|list| list.0)
    }
}

crate::describe! {
    impl<T: crate::document::Describe> crate::document::Describe for Vec<T> {
        fn describe(schemas: &mut crate::document::Schemas) -> serde_json::Value {
            OneOrMany::<T>::describe(schemas)
        }

        fn written(&self) -> Option<serde_json::Value> {
            self.iter().map(T::written).collect()
        }
    }

    impl<T: crate::document::Describe> crate::document::Describe for OneOrMany<T> {
        fn describe(schemas: &mut crate::document::Schemas) -> serde_json::Value {
            let item = T::describe(schemas);
            serde_json::json!({"anyOf": [item, {"type": "array", "items": item}]})
        }

        fn written(&self) -> Option<serde_json::Value> {
            self.iter().map(T::written).collect()
        }
    }
}
