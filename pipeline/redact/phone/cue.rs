//! Do the words before a number say what it is?

use super::super::context::Backward;
use super::super::digits::char_before;

/// Which way the words before point.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Cue {
    /// "call", "Tel.".
    Phone,
    /// "order", "ticket".
    Other,
    None,
}

impl Cue {
    /// The nearest word that tells, among the five before.
    pub(super) fn before(text: &str, at: usize) -> Self {
        if char_before(text, at) == Some('#') {
            return Cue::Other;
        }
        let mut back = Backward::new(text, at);
        // What a code is of stands right before it; what a telephone is for may stand further off: "call me any time at".
        let mut near = true;
        for i in 0..5 {
            let Some(word) = back.next() else { return Cue::None };
            match word.as_str() {
                "phone" | "phones" | "telephone" | "tel" | "tele" | "ph" | "cell" | "cellphone" | "mobile" | "mob" | "call" | "calls"
                | "called" | "calling" | "callback" | "ring" | "rang" | "text" | "texted" | "txt" | "sms" | "whatsapp" | "fax" | "dial"
                | "dialed" | "reach" | "reached" | "contact" | "landline" | "telefon" | "telefonnummer" | "telefonisch" | "handy"
                | "handynummer" | "mobil" | "mobilnummer" | "anrufen" | "ruf" | "rufen" | "rufnummer" | "ruckruf" | "erreichbar"
                | "erreichen" | "telefono" | "movil" | "celular" | "llamar" | "llame" | "llamen" | "llamame" | "llamarme" | "portable"
                | "appeler" | "appelez" | "joindre" | "rappeler" | "rappelez" | "cellulare" | "chiamare" | "chiamatemi" | "telefone"
                | "telemovel" | "ligar" | "ligue" | "telefoon" | "mobiel" | "bellen" | "bel" | "telefoonnummer" => return Cue::Phone,
                "order"
                | "orders"
                | "ticket"
                | "tickets"
                | "case"
                | "reference"
                | "ref"
                | "tracking"
                | "invoice"
                | "booking"
                | "confirmation"
                | "claim"
                | "serial"
                | "item"
                | "sku"
                | "part"
                | "model"
                | "isbn"
                | "upc"
                | "ean"
                | "error"
                | "errors"
                | "code"
                | "transaction"
                | "shipment"
                | "parcel"
                | "package"
                | "receipt"
                | "imei"
                | "vin"
                | "bestellung"
                | "bestellnummer"
                | "auftrag"
                | "auftragsnummer"
                | "rechnung"
                | "rechnungsnummer"
                | "sendungsnummer"
                | "ticketnummer"
                | "vorgangsnummer"
                | "pedido"
                | "factura"
                | "referencia"
                | "commande"
                | "facture"
                | "reservation"
                | "reserva"
                | "pnr"
                | "complaint"
                | "version"
                | "asin"
                | "lot"
                | "batch"
                | "account"
                | "acct"
                | "policy"
                | "iban"
                | "member"
                | "id"
                | "routing"
                | "loan"
                | "check"
                | "cheque"
                | "article"
                | "product"
                | "kundennummer"
                | "kontonummer"
                | "vertragsnummer"
                | "ordine"
                | "cuenta"
                | "compte"
                | "poliza"
                | "cliente"
                | "client"
                | "customer"
                | "versicherungsnummer"
                | "mitgliedsnummer"
                | "ups"
                | "fedex"
                | "usps"
                | "dossier"
                | "contrat"
                | "contrato" => {
                    if near {
                        return Cue::Other;
                    }
                }
                "number" | "numbers" | "no" | "num" | "nr" | "nbr" | "numero" | "nummer" | "is" | "was" | "of" | "my" | "the" | "es"
                | "ist" | "est" | "lautet" | "de" => {}
                // Another thought begins.
                "and" | "but" | "because" | "und" | "y" | "et" if i > 0 => return Cue::None,
                _ => near = false,
            }
        }
        Cue::None
    }
}
