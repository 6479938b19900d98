//! Graphics devices of this machine.

use std::ops::Deref;

use bevy::render::renderer::{RenderAdapterInfo, RenderInstance};
use bevy::render::settings::{Backends, WgpuSettings};
use bevy::tasks::block_on;

/// The renderer in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Graphics {
    /// Name of the device, such as `llvmpipe (LLVM 19.1.7, 256 bits)`.
    pub device: String,
    /// The graphics API, such as `Vulkan`.
    pub interface: String,
    /// True for a software renderer.
    pub is_software: bool,
}

impl Graphics {
    /// The renderer behind an adapter.
    pub fn of(info: &RenderAdapterInfo) -> Self {
        // The device type cannot be named here, so its debug text is compared.
        let kind = format!("{:?}", info.device_type);
        Self {
            device: info.name.clone(),
            interface: format!("{:?}", info.backend),
            is_software: kind == "Cpu",
        }
    }
}

/// The `Instance` of wgpu, a type that Bevy does not re-export.
type Instance = <<<RenderInstance as Deref>::Target as Deref>::Target as Deref>::Target;

/// The renderer of this machine; `None` if there is none. Bevy panics in that case.
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
