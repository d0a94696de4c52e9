//! ISO 20022 bank transaction codes, which 4.0 says as codes and 3.1 by their names: `ReceivedCreditTransfer`, `StandingOrder`.

/// Families and sub-families a claim looks at, with their names in the ISO 20022 external code list as one word. Banks write some in the
/// singular and some in the plural.
const NAMES: [(&str, &str); 28] = [
    ("RCDT", "ReceivedCreditTransfer"),
    ("ICDT", "IssuedCreditTransfer"),
    ("RDDT", "ReceivedDirectDebit"),
    ("IDDT", "IssuedDirectDebit"),
    ("CCRD", "CustomerCardTransaction"),
    ("MCRD", "MerchantCardTransaction"),
    ("CNTR", "CounterTransaction"),
    ("ACMT", "AccountManagement"),
    ("MCOP", "MiscellaneousCreditOperation"),
    ("MDOP", "MiscellaneousDebitOperation"),
    ("SALA", "PayrollSalaryPayment"),
    ("SALA", "SalaryPayment"),
    ("DMCT", "DomesticCreditTransfer"),
    ("XBCT", "CrossBorderCreditTransfer"),
    ("BOOK", "InternalBookTransfer"),
    ("STDO", "StandingOrder"),
    ("PMDD", "DirectDebitPayment"),
    ("PMDD", "DirectDebit"),
    ("POSD", "PointOfSalePaymentDebitCard"),
    ("POSP", "PointOfSalePayment"),
    ("SMRT", "SmartCardPayment"),
    ("CWDL", "CashWithdrawal"),
    ("CDPT", "CashDeposit"),
    ("CHRG", "Charge"),
    ("FEES", "Fee"),
    ("COMM", "Commission"),
    ("INTR", "Interest"),
    ("RIMB", "Reimbursement"),
];

/// The code for a code or a name; what is neither stays as it is.
pub(super) fn code(said: &str) -> String {
    let word: String = said.chars().filter(char::is_ascii_alphabetic).collect();
    let is = |name: &str| word.eq_ignore_ascii_case(name) || word.strip_suffix(['s', 'S']).is_some_and(|word| word.eq_ignore_ascii_case(name));
    NAMES.iter().find(|(_, name)| is(name)).map_or(said, |(code, _)| *code).to_owned()
}

/// The name of a code, or the code itself where the table has none.
pub(crate) fn name(code: &'static str) -> &'static str {
    NAMES.iter().find(|(known, _)| *known == code).map_or(code, |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names_mean_the_same() {
        for (said, expected) in [
            ("SALA", "SALA"),
            ("ReceivedCreditTransfer", "RCDT"),
            ("ReceivedCreditTransfers", "RCDT"),
            ("Received Credit Transfers", "RCDT"),
            ("CustomerCardTransactions", "CCRD"),
            ("CashWithdrawal", "CWDL"),
            ("Payroll/Salary Payment", "SALA"),
            ("Fees", "FEES"),
            ("Something Else", "Something Else"),
            ("", ""),
        ] {
            assert_eq!(code(said), expected, "{said}");
        }
        for (known, _) in NAMES {
            assert_eq!(code(name(known)), known);
        }
    }
}
