//! Products in Montgomery form by the instructions `mulx`, `adcx` and `adox` of x86-64 processors (extensions BMI2 and ADX), which
//! the compiler does not use for chains of carries. Four limbs of 64 bits, least significant first.
//!
//! The method is Montgomery's with the reduction after every limb (Koç, Acar, Kaliski, IEEE Micro 1996, "CIOS"). The modulus is
//! below 2²⁵⁴, so that no carry leaves the fifth limb and a result before the last subtraction is below twice the modulus.

#![expect(unsafe_code, reason = "instructions that no safe function offers")]

use core::arch::asm;

use super::limbs::{Limbs, Modulus};

/// Proof that this processor has the instructions.
#[derive(Clone, Copy)]
pub(super) struct Adx(());

impl Adx {
    /// Asks the processor; the standard library remembers the answer, so that asking costs a load and a comparison.
    #[inline]
    pub(super) fn detect() -> Option<Self> {
        (std::arch::is_x86_feature_detected!("adx") && std::arch::is_x86_feature_detected!("bmi2")).then_some(Self(()))
    }
}

/// `t0…t3, h = a · b[i]`
macro_rules! first_row {
    ($a:literal, $b:literal) => {
        concat!(
            "xor {z:e}, {z:e}\n",
            "mov rdx, [{b} + ",
            $b,
            "]\n",
            "mulx {t1}, {t0}, [{a} + ",
            $a,
            "]\n",
            "mulx {t2}, {x}, [{a} + ",
            $a,
            " + 8]\n adcx {t1}, {x}\n",
            "mulx {t3}, {x}, [{a} + ",
            $a,
            " + 16]\n adcx {t2}, {x}\n",
            "mulx {h}, {x}, [{a} + ",
            $a,
            " + 24]\n adcx {t3}, {x}\n",
            "adcx {h}, {z}\n",
        )
    };
}

/// `t0…t3, h = t0…t3 + a · b[i]`
macro_rules! row {
    ($a:literal, $b:literal) => {
        concat!(
            "xor {z:e}, {z:e}\n",
            "mov rdx, [{b} + ",
            $b,
            "]\n",
            "mulx {h}, {x}, [{a} + ",
            $a,
            "]\n adox {t0}, {x}\n adcx {t1}, {h}\n",
            "mulx {h}, {x}, [{a} + ",
            $a,
            " + 8]\n adox {t1}, {x}\n adcx {t2}, {h}\n",
            "mulx {h}, {x}, [{a} + ",
            $a,
            " + 16]\n adox {t2}, {x}\n adcx {t3}, {h}\n",
            "mulx {h}, {x}, [{a} + ",
            $a,
            " + 24]\n adox {t3}, {x}\n",
            "adcx {h}, {z}\n adox {h}, {z}\n",
        )
    };
}

/// `t0…t3, h += a · b[i]`
macro_rules! another_row {
    ($a:literal, $b:literal) => {
        concat!(
            "xor {z:e}, {z:e}\n",
            "mov rdx, [{b} + ",
            $b,
            "]\n",
            "mulx {y}, {x}, [{a} + ",
            $a,
            "]\n adox {t0}, {x}\n adcx {t1}, {y}\n",
            "mulx {y}, {x}, [{a} + ",
            $a,
            " + 8]\n adox {t1}, {x}\n adcx {t2}, {y}\n",
            "mulx {y}, {x}, [{a} + ",
            $a,
            " + 16]\n adox {t2}, {x}\n adcx {t3}, {y}\n",
            "mulx {y}, {x}, [{a} + ",
            $a,
            " + 24]\n adox {t3}, {x}\n adcx {h}, {y}\n",
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

/// Runs the rows on the factors, each an array of 32-byte numbers, and answers the reduced number.
macro_rules! run {
    ($a:expr, $b:expr, $modulus:expr, $($rows:expr),+ $(,)?) => {{
        let (t0, t1, t2, t3): (u64, u64, u64, u64);
        // SAFETY: `Adx` shows that the instructions exist. Only the arrays behind the three references are read, within their
        // length; nothing is written but the registers named here and the flags; the stack is not touched.
        unsafe {
            asm!(
                $($rows,)+
                subtract_once!(),
                a = in(reg) $a, b = in(reg) $b, m = in(reg) $modulus,
                t0 = out(reg) t0, t1 = out(reg) t1, t2 = out(reg) t2, t3 = out(reg) t3,
                h = out(reg) _, x = out(reg) _, y = out(reg) _, z = out(reg) _, out("rdx") _,
                options(pure, readonly, nostack),
            );
        }
        [t0, t1, t2, t3]
    }};
}

#[expect(clippy::unused_self, reason = "having one shows that the instructions exist")]
impl Adx {
    /// `a · b / 2²⁵⁶`, for factors below the modulus.
    #[inline]
    pub(super) fn multiply(self, a: &Limbs, b: &Limbs, modulus: &'static Modulus) -> Limbs {
        run!(a, b, modulus, first_row!(0, 0), reduce!(), row!(0, 8), reduce!(), row!(0, 16), reduce!(), row!(0, 24), reduce!(),)
    }

    /// `(a₀b₀ + a₁b₁) / 2²⁵⁶` with one reduction, for factors below the modulus.
    #[inline]
    pub(super) fn multiply_two(self, a: &[Limbs; 2], b: &[Limbs; 2], modulus: &'static Modulus) -> Limbs {
        run!(
            a,
            b,
            modulus,
            first_row!(0, 0),
            another_row!(32, 32),
            reduce!(),
            row!(0, 8),
            another_row!(32, 40),
            reduce!(),
            row!(0, 16),
            another_row!(32, 48),
            reduce!(),
            row!(0, 24),
            another_row!(32, 56),
            reduce!(),
        )
    }
}
