/// Declares a document: a struct, its fields, their names in JSON, their types and defaults.
///
/// ```text
/// document! {
///     /// What it is.
///     #[null(absent)]                                       // null members are as good as none; without: only where
///     pub struct Name {                                     //   the field is an Option
///         /// What the field is.
///         pub field ("name"): Type,                         // default: the type's
///         /// …
///         pub other ("other"): Type = value,                // default: this
///         /// …
///         pub third ("third", required "what belongs here"): Type,
///         /// …
///         pub fourth ("fourth", default "10m"): Option<Span>, // what stands for none, as JSON, for people to read
///     }
///     embeds { pub inner: Inner }                           // whose fields stand among these; itself without embedding
///     hidden { flag: bool }                                 // for short forms to set; not in the document
/// }
/// ```
///
/// Unknown members are refused. The comments are the descriptions of the schema.
#[macro_export]
macro_rules! document {
    (
        $(#[doc = $doc:literal])*
        $(#[null($null:ident)])?
        $(#[derive($($derive:ident),*)])?
        $visibility:vis struct $name:ident {
            $(
                $(#[doc = $about:literal])*
                $(#[cfg($($cfg:tt)*)])?
                $shown:vis $field:ident (
                    $json:literal $(, required $what:literal)? $(, default $stated:literal)? $(, example $example:literal)*
                ): $type:ty $(= $preset:expr)?
            ),* $(,)?
        }
        $(embeds { $(#[doc = $embedded_about:literal])* $embedded_shown:vis $embedded:ident: $embedded_type:ty })?
        $(hidden { $($(#[doc = $hidden_about:literal])* $hidden:ident: $hidden_type:ty),* $(,)? })?
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug $($(, $derive)*)?)]
        $visibility struct $name {
            $($(#[doc = $about])* $(#[cfg($($cfg)*)])? $shown $field: $type,)*
            $($(#[doc = $embedded_about])* $embedded_shown $embedded: $embedded_type,)?
            $($($(#[doc = $hidden_about])* pub(crate) $hidden: $hidden_type,)*)?
        }

        impl Default for $name {
            fn default() -> Self {
                Self {
                    $($(#[cfg($($cfg)*)])? $field: $crate::__preset!($($preset)?),)*
                    $($embedded: Default::default(),)?
                    $($($hidden: Default::default(),)*)?
                }
            }
        }

        impl $crate::document::Fill for $name {
            #[allow(unused_assignments, reason = "the last number is one too many")]
            fn fill(
                &mut self,
                index: usize,
                node: &$crate::document::Node<'_>,
            ) -> Result<(), $crate::document::Refused> {
                let mut number = 0;
                $(
                    $(#[cfg($($cfg)*)])?
                    {
                        if index == number {
                            return $crate::document::fill(&mut self.$field, node);
                        }
                        number += 1;
                    }
                )*
                $crate::__fill_embedded!($(&mut self.$embedded, index - number, node)?)
            }
        }

        impl $name {
            #[doc(hidden)]
            $visibility const SHAPE: &'static $crate::document::Shape = &$crate::document::Shape {
                names: &[$($(#[cfg($($cfg)*)])? $json),*],
                embedded: $crate::__embedded!($($embedded_type)?),
                required: &[$($(($json, $what),)?)*],
                null_is_absent: $crate::__null!($($null)?),
            };
        }

        impl $crate::document::Read for $name {
            fn read(node: &$crate::document::Node<'_>) -> Result<Self, $crate::document::Refused> {
                let mut document = Self::default();
                node.read_members(Self::SHAPE, &mut document)?;
                Ok(document)
            }
        }

        $crate::describe! {
            impl $crate::document::Describe for $name {
                fn describe(schemas: &mut $crate::document::Schemas) -> $crate::document::Json {
                    schemas.object::<Self>(&[$($doc),*], Self::describe_members)
                }
            }

            impl $name {
                #[doc(hidden)]
                $visibility fn describe_members(
                    schemas: &mut $crate::document::Schemas,
                    properties: &mut Vec<$crate::document::Property>,
                ) {
                    let preset = Self::default();
                    $(
                        $(#[cfg($($cfg)*)])?
                        properties.push($crate::document::Property {
                            name: $json,
                            about: &[$($about),*],
                            schema: <$type as $crate::document::Describe>::describe(schemas),
                            preset: $crate::document::Describe::written(&preset.$field),
                            required: &[$($what)?],
                            stated: &[$($stated)?],
                            examples: &[$($example),*],
                        });
                    )*
                    $(<$embedded_type>::describe_members(schemas, properties);)?
                }
            }
        }
    };
}

/// Declares an enum by the words that stand for its variants.
///
/// ```
/// config_document::choice! {
///     /// What to do.
///     pub enum Action, default Pass {
///         /// Let it go.
///         Pass = "pass",
///         /// Stop it.
///         Block = "block",
///     }
/// }
/// assert_eq!(config_document::document::read::<Action>(&"block".into()).unwrap(), Action::Block);
/// ```
#[macro_export]
macro_rules! choice {
    (
        $(#[doc = $doc:literal])*
        $(#[derive($($derive:ident),*)])?
        $visibility:vis enum $name:ident $(, default $first:ident)? {
            $($(#[doc = $about:literal])* $variant:ident = $word:literal),* $(,)?
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq $($(, $derive)*)?)]
        $visibility enum $name {
            $($(#[doc = $about])* $variant),*
        }

        $(
            impl Default for $name {
                fn default() -> Self {
                    Self::$first
                }
            }
        )?

        impl $crate::document::Choice for $name {
            const WORDS: &'static [&'static str] = &[$($word),*];
            const VARIANTS: &'static [Self] = &[$(Self::$variant),*];
        }

        impl $crate::document::Read for $name {
            fn read(node: &$crate::document::Node<'_>) -> Result<Self, $crate::document::Refused> {
                <Self as $crate::document::Choice>::read_first(node, usize::MAX)
            }
        }

        $crate::describe! {
            impl $crate::document::Describe for $name {
                fn describe(_: &mut $crate::document::Schemas) -> $crate::document::Json {
                    $crate::document::words(&[$(($word, &[$($about),*])),*])
                }

                fn written(&self) -> Option<$crate::document::Json> {
                    use $crate::document::Choice;
                    let index = Self::VARIANTS.iter().position(|variant| variant == self)?;
                    Self::WORDS.get(index).map(|word| (*word).into())
                }
            }
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __preset {
    () => {
        Default::default()
    };
    ($preset:expr) => {
        $preset
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __embedded {
    () => {
        None
    };
    ($embedded:ty) => {
        Some(<$embedded>::SHAPE)
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __fill_embedded {
    () => {
        Ok(())
    };
    ($embedded:expr, $index:expr, $node:expr) => {
        $crate::document::Fill::fill($embedded, $index, $node)
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __null {
    () => {
        false
    };
    (absent) => {
        true
    };
}

/// What only schemas need: there with the feature `schema` of this crate, whichever crate it is written in.
#[cfg(feature = "schema")]
#[macro_export]
macro_rules! describe {
    ($($item:item)*) => { $($item)* };
}

/// What only schemas need: there with the feature `schema` of this crate, whichever crate it is written in.
#[cfg(not(feature = "schema"))]
#[macro_export]
macro_rules! describe {
    ($($item:item)*) => {};
}
