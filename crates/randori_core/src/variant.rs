//! Enumerations of structures that have a file each, such as kinds of sensors: serialised as
//! if the fields of the structure were those of the variant.
//!
//! Start reading at [`variants`].

/// Declares an enumeration of structures, with `From` of each and both directions of serde.
macro_rules! variants {
    ($(#[$attribute:meta])* pub enum $name:ident { $($kind:ident,)+ }) => {
        $(#[$attribute])*
        pub enum $name {
            $(#[doc = concat!("See [`", stringify!($kind), "`].")] $kind($kind),)+
        }

        $(impl From<$kind> for $name {
            fn from(kind: $kind) -> Self {
                Self::$kind(kind)
            }
        })+

        const _: () = {
            #[derive(serde::Deserialize)]
            #[serde(variant_identifier)]
            enum Variant { $($kind),+ }

            impl serde::Serialize for $name {
                fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    match self {
                        $(Self::$kind(kind) => serde::Serialize::serialize(
                            kind,
                            $crate::variant::Written {
                                serializer,
                                enumeration: stringify!($name),
                                index: Variant::$kind as u32,
                                name: stringify!($kind),
                            },
                        ),)+
                    }
                }
            }

            struct Variants;

            impl<'de> serde::de::Visitor<'de> for Variants {
                type Value = $name;

                fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    formatter.write_str(concat!("enum ", stringify!($name)))
                }

                fn visit_enum<A>(self, access: A) -> Result<$name, A::Error>
                where
                    A: serde::de::EnumAccess<'de>,
                {
                    match access.variant()? {
                        $((Variant::$kind, content) => {
                            <$kind as serde::Deserialize>::deserialize($crate::variant::Read(content))
                                .map($name::$kind)
                        })+
                    }
                }
            }

            impl<'de> serde::Deserialize<'de> for $name {
                fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    let names = &[$(stringify!($kind)),+];
                    deserializer.deserialize_enum(stringify!($name), names, Variants)
                }
            }
        };
    };
}

pub(crate) use variants;

use serde::de::{Deserializer, Error as _, VariantAccess, Visitor};
use serde::ser::{
    Error as _, Impossible, Serialize, SerializeStruct, SerializeStructVariant, Serializer,
};

/// The error for anything but a structure.
const NO_STRUCTURE: &str = "a kind is a structure";

/// The content of a variant, from which a structure can be read.
pub(crate) struct Read<A>(pub(crate) A);

impl<'de, A: VariantAccess<'de>> Deserializer<'de> for Read<A> {
    type Error = A::Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.0.struct_variant(fields, visitor)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.0.unit_variant()?;
        visitor.visit_unit()
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, A::Error> {
        Err(A::Error::custom(NO_STRUCTURE))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option
        unit newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// A variant, to which a structure can be written.
pub(crate) struct Written<S> {
    pub(crate) serializer: S,
    /// The name of the enumeration.
    pub(crate) enumeration: &'static str,
    /// Its place in the enumeration.
    pub(crate) index: u32,
    pub(crate) name: &'static str,
}

/// The fields of a variant.
pub(crate) struct Fields<F>(F);

impl<F: SerializeStructVariant> SerializeStruct for Fields<F> {
    type Ok = F::Ok;
    type Error = F::Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), F::Error> {
        self.0.serialize_field(name, value)
    }

    fn end(self) -> Result<F::Ok, F::Error> {
        self.0.end()
    }
}

macro_rules! refuse {
    ($($method:ident($($value:ty),*) -> $ok:ty;)+) => {
        $(fn $method(self, $(_: $value),*) -> Result<$ok, S::Error> {
            Err(S::Error::custom(NO_STRUCTURE))
        })+
    };
}

impl<S: Serializer> Serializer for Written<S> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Impossible<S::Ok, S::Error>;
    type SerializeTuple = Impossible<S::Ok, S::Error>;
    type SerializeTupleStruct = Impossible<S::Ok, S::Error>;
    type SerializeTupleVariant = Impossible<S::Ok, S::Error>;
    type SerializeMap = Impossible<S::Ok, S::Error>;
    type SerializeStruct = Fields<S::SerializeStructVariant>;
    type SerializeStructVariant = Impossible<S::Ok, S::Error>;

    fn serialize_struct(
        self,
        _: &'static str,
        len: usize,
    ) -> Result<Self::SerializeStruct, S::Error> {
        let Self { serializer, enumeration, index, name } = self;
        serializer.serialize_struct_variant(enumeration, index, name, len).map(Fields)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<S::Ok, S::Error> {
        self.serializer.serialize_unit_variant(self.enumeration, self.index, self.name)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, _: &T) -> Result<S::Ok, S::Error> {
        self.serialize_none()
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: &T,
    ) -> Result<S::Ok, S::Error> {
        self.serialize_none()
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<S::Ok, S::Error> {
        self.serialize_none()
    }

    refuse! {
        serialize_bool(bool) -> S::Ok;
        serialize_i8(i8) -> S::Ok;
        serialize_i16(i16) -> S::Ok;
        serialize_i32(i32) -> S::Ok;
        serialize_i64(i64) -> S::Ok;
        serialize_u8(u8) -> S::Ok;
        serialize_u16(u16) -> S::Ok;
        serialize_u32(u32) -> S::Ok;
        serialize_u64(u64) -> S::Ok;
        serialize_f32(f32) -> S::Ok;
        serialize_f64(f64) -> S::Ok;
        serialize_char(char) -> S::Ok;
        serialize_str(&str) -> S::Ok;
        serialize_bytes(&[u8]) -> S::Ok;
        serialize_none() -> S::Ok;
        serialize_unit() -> S::Ok;
        serialize_unit_variant(&'static str, u32, &'static str) -> S::Ok;
        serialize_seq(Option<usize>) -> Self::SerializeSeq;
        serialize_tuple(usize) -> Self::SerializeTuple;
        serialize_tuple_struct(&'static str, usize) -> Self::SerializeTupleStruct;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Self::SerializeTupleVariant;
        serialize_map(Option<usize>) -> Self::SerializeMap;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Self::SerializeStructVariant;
    }
}
