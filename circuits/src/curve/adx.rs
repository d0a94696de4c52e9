//! Products in Montgomery form by the instructions `mulx`, `adcx` and `adox` of x86-64 processors (extensions BMI2 and ADX), which
//! the compiler does not use for chains of carries. Four limbs of 64 bits, least significant first.
//!
//! The method is Montgomery's with the reduction after every limb (Koç, Acar, Kaliski, IEEE Micro 1996, "CIOS"). The modulus is
//! below 2²⁵⁴, so that no carry leaves the fifth limb and a result before the last subtraction is below twice the modulus.

#![expect(unsafe_code, reason = "instructions that no safe function offers")]

use core::arch::asm;
use core::sync::atomic::{AtomicU8, Ordering};

use super::limbs::{Limbs, Modulus};

/// Whether the processor has the instructions, once somebody asked.
static ANSWER: AtomicU8 = AtomicU8::new(0);
const YES: u8 = 1;
const NO: u8 = 2;

/// Proof that this processor has the instructions.
#[derive(Clone, Copy)]
pub(super) struct Adx(());

impl Adx {
    /// Asks the processor, once: the answer is kept, and costs a load and a comparison.
    #[inline]
    pub(super) fn detect() -> Option<Self> {
        match ANSWER.load(Ordering::Relaxed) {
            YES => Some(Self(())),
            NO => None,
            _ => Self::ask(),
        }
    }

    #[cold]
    fn ask() -> Option<Self> {
        let found = std::arch::is_x86_feature_detected!("adx") && std::arch::is_x86_feature_detected!("bmi2");
        ANSWER.store(if found { YES } else { NO }, Ordering::Relaxed);
        found.then_some(Self(()))
    }
}

/// The macros below write a page of assembly. `{p}` points to the factor of the row, `rdx` holds a limb of the other one: what
/// `pointed!` loads for the factors behind the `k`th pointers, and `direct!` for those `{p}` and `{b}` point to themselves.
macro_rules! pointed {
    ($k:literal, $limb:literal) => {
        concat!("mov {p}, [{a} + 8 * ", $k, "]\n mov rdx, [{b} + 8 * ", $k, "]\n mov rdx, [rdx + 8 * ", $limb, "]\n")
    };
}

macro_rules! direct {
    ($limb:literal) => {
        concat!("mov rdx, [{b} + 8 * ", $limb, "]\n")
    };
}

/// `t0…t3, h = p · rdx`
macro_rules! first_row {
    ($($factors:tt)*) => {
        concat!(
            $($factors)*,
            "xor {z:e}, {z:e}\n",
            "mulx {t1}, {t0}, [{p}]\n",
            "mulx {t2}, {x}, [{p} + 8]\n adcx {t1}, {x}\n",
            "mulx {t3}, {x}, [{p} + 16]\n adcx {t2}, {x}\n",
            "mulx {h}, {x}, [{p} + 24]\n adcx {t3}, {x}\n",
            "adcx {h}, {z}\n",
        )
    };
}

/// `t0…t3, h = t0…t3 + p · rdx`
macro_rules! row {
    ($($factors:tt)*) => {
        concat!(
            $($factors)*,
            "xor {z:e}, {z:e}\n",
            "mulx {h}, {x}, [{p}]\n adox {t0}, {x}\n adcx {t1}, {h}\n",
            "mulx {h}, {x}, [{p} + 8]\n adox {t1}, {x}\n adcx {t2}, {h}\n",
            "mulx {h}, {x}, [{p} + 16]\n adox {t2}, {x}\n adcx {t3}, {h}\n",
            "mulx {h}, {x}, [{p} + 24]\n adox {t3}, {x}\n",
            "adcx {h}, {z}\n adox {h}, {z}\n",
        )
    };
}

/// `t0…t3, h += p · rdx`
macro_rules! another_row {
    ($($factors:tt)*) => {
        concat!(
            $($factors)*,
            "xor {z:e}, {z:e}\n",
            "mulx {y}, {x}, [{p}]\n adox {t0}, {x}\n adcx {t1}, {y}\n",
            "mulx {y}, {x}, [{p} + 8]\n adox {t1}, {x}\n adcx {t2}, {y}\n",
            "mulx {y}, {x}, [{p} + 16]\n adox {t2}, {x}\n adcx {t3}, {y}\n",
            "mulx {y}, {x}, [{p} + 24]\n adox {t3}, {x}\n adcx {h}, {y}\n",
            "adox {h}, {z}\n",
        )
    };
}

/// `t0…t3 = (t0…t3, h + a multiple of the modulus) / 2⁶⁴`
macro_rules! reduce {
    () => {
        concat!(
            "mov rdx, {t0}\n imul rdx, [{m} + 32]\n",
            "xor {z:e}, {z:e}\n",
            "mulx {y}, {x}, [{m}]\n adcx {x}, {t0}\n mov {t0}, {y}\n",
            "mulx {y}, {x}, [{m} + 8]\n adcx {t0}, {t1}\n adox {t0}, {x}\n mov {t1}, {y}\n",
            "mulx {y}, {x}, [{m} + 16]\n adcx {t1}, {t2}\n adox {t1}, {x}\n mov {t2}, {y}\n",
            "mulx {y}, {x}, [{m} + 24]\n adcx {t2}, {t3}\n adox {t2}, {x}\n mov {t3}, {y}\n",
            "adcx {t3}, {z}\n adox {t3}, {h}\n",
        )
    };
}

/// `t0…t3 -= modulus` unless that is negative.
macro_rules! subtract_once {
    () => {
        concat!(
            "mov {x}, {t0}\n sub {x}, [{m}]\n",
            "mov {y}, {t1}\n sbb {y}, [{m} + 8]\n",
            "mov {z}, {t2}\n sbb {z}, [{m} + 16]\n",
            "mov {h}, {t3}\n sbb {h}, [{m} + 24]\n",
            "cmovnc {t0}, {x}\n cmovnc {t1}, {y}\n cmovnc {t2}, {z}\n cmovnc {t3}, {h}\n",
        )
    };
}

/// Runs the rows and answers the reduced number. The operands are what `direct!` and `pointed!` ask for.
macro_rules! run {
    ([$($rows:expr),+ $(,)?], $modulus:expr, $($operands:tt)+) => {{
        let (t0, t1, t2, t3): (u64, u64, u64, u64);
        // SAFETY: `Adx` shows that the instructions exist. Only what is behind the references is read, within its length, and
        // nothing is written but the registers named here and the flags; the stack is not touched.
        unsafe {
            asm!(
                $($rows,)+
                subtract_once!(),
                m = in(reg) $modulus,
                $($operands)+,
                t0 = out(reg) t0, t1 = out(reg) t1, t2 = out(reg) t2, t3 = out(reg) t3,
                h = out(reg) _, x = out(reg) _, y = out(reg) _, z = out(reg) _, out("rdx") _,
                options(pure, readonly, nostack),
            );
        }
        [t0, t1, t2, t3]
    }};
}

/// A sum of products: per limb of the second factors a row for each product and one reduction.
macro_rules! sum {
    ($a:expr, $b:expr, $modulus:expr, $($k:literal),+) => {
        run!(
            [
                first_row!(pointed!(0, 0)),
                $(another_row!(pointed!($k, 0)),)+
                reduce!(),
                row!(pointed!(0, 1)),
                $(another_row!(pointed!($k, 1)),)+
                reduce!(),
                row!(pointed!(0, 2)),
                $(another_row!(pointed!($k, 2)),)+
                reduce!(),
                row!(pointed!(0, 3)),
                $(another_row!(pointed!($k, 3)),)+
                reduce!(),
            ],
            $modulus,
            a = in(reg) $a.as_ptr(), b = in(reg) $b.as_ptr(), p = out(reg) _
        )
    };
}

#[expect(clippy::unused_self, reason = "having one shows that the instructions exist")]
impl Adx {
    /// `a · b / 2²⁵⁶`, for factors below the modulus.
    #[inline]
    pub(super) fn multiply(self, a: &Limbs, b: &Limbs, modulus: &'static Modulus) -> Limbs {
        run!(
            [
                first_row!(direct!(0)),
                reduce!(),
                row!(direct!(1)),
                reduce!(),
                row!(direct!(2)),
                reduce!(),
                row!(direct!(3)),
                reduce!(),
            ],
            modulus,
            p = in(reg) a, b = in(reg) b
        )
    }

    /// `Σ aᵢbᵢ / 2²⁵⁶` with one reduction, for factors below the modulus; none unless there are two to four products. Five would
    /// not fit in front of the reduction: a row adds less than a quarter of 2³²⁰, the reduction as much.
    #[inline]
    pub(super) fn sum_of_products<const N: usize>(self, a: [&Limbs; N], b: [&Limbs; N], modulus: &'static Modulus) -> Option<Limbs> {
        match N {
            2 => Some(sum!(a, b, modulus, 1)),
            3 => Some(sum!(a, b, modulus, 1, 2)),
            4 => Some(sum!(a, b, modulus, 1, 2, 3)),
            _ => None,
        }
    }
}
