//! What can draw here.

use std::ops::Deref;

use bevy::render::renderer::{RenderAdapterInfo, RenderInstance};
use bevy::render::settings::{Backends, WgpuSettings};
use bevy::tasks::block_on;

/// What draws.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Graphics {
    /// Name of the device, such as `llvmpipe (LLVM 19.1.7, 256 bits)`.
    pub device: String,
    /// The interface to it, such as `Vulkan`.
    pub interface: String,
    /// Whether it is a program and no device.
    pub is_software: bool,
}

impl Graphics {
    /// What a renderer uses.
    pub fn of(info: &RenderAdapterInfo) -> Self {
        // The type of the device has no name that can be written here.
        let kind = format!("{:?}", info.device_type);
        Self {
            device: info.name.clone(),
            interface: format!("{:?}", info.backend),
            is_software: kind == "Cpu",
        }
    }
}

/// The library's entrance, which Bevy does not name.
type Instance = <<<RenderInstance as Deref>::Target as Deref>::Target as Deref>::Target;

/// What would draw on this machine; `None` if nothing can. Bevy panics there.
pub fn graphics() -> Option<Graphics> {
    let backends = WgpuSettings::default().backends.unwrap_or(Backends::all());
    let found = block_on(Instance::default().enumerate_adapters(backends));
    let adapter = found.first()?;
    let info = adapter.get_info();
    Some(Graphics {
        is_software: format!("{:?}", info.device_type) == "Cpu",
        interface: format!("{:?}", info.backend),
        device: info.name,
    })
}
