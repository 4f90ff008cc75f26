//! Which languages have a word among their commonest?
//!
//! Function words and, for English, the plain words of short feedback ("great", "staff"), written for this project.
//! Words are at most eight bytes, so that a word is one number and a look-up one probe.

use std::sync::LazyLock;

/// Languages by number; English is the first.
pub(super) const N_LANGUAGES: usize = LISTS.len();

/// The ISO 639-1 code of a language by number.
pub(super) fn code(language: usize) -> &'static str {
    LISTS.get(language).map_or("und", |(code, _)| code)
}

/// The languages that have `word` as bits by number; 0 for none.
pub(super) fn languages(word: Packed) -> u32 {
    let table = &*TABLE;
    let mut slot = word.slot();
    loop {
        let found = table.words[slot];
        if found == word {
            return table.languages[slot];
        }
        if found == Packed(0) {
            return 0;
        }
        slot = (slot + 1) % N_SLOTS;
    }
}

/// A folded word of at most eight bytes as a number; longer ones are 0, which no list has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Packed(pub(super) u64);

impl Packed {
    fn slot(self) -> usize {
        (self.0.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - N_SLOTS.trailing_zeros())) as usize
    }
}

/// Three times as many slots as words, a power of two.
const N_SLOTS: usize = 4096;

/// An open table: words apart from what is known of them, so that a miss touches one cache line.
struct Table {
    words: Vec<Packed>,
    languages: Vec<u32>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table { words: vec![Packed(0); N_SLOTS], languages: vec![0; N_SLOTS] };
    for (language, (_, words)) in LISTS.iter().enumerate() {
        for word in words.split_ascii_whitespace() {
            let word = Packed(word.bytes().fold(0, |packed, byte| packed << 8 | u64::from(byte)));
            let mut slot = word.slot();
            while table.words[slot] != word && table.words[slot] != Packed(0) {
                slot = (slot + 1) % N_SLOTS;
            }
            table.words[slot] = word;
            table.languages[slot] |= 1 << language;
        }
    }
    table
});

#[rustfmt::skip]
const LISTS: &[(&str, &str)] = &[
    ("en", "sent done refund charge charged cancel rude fits warm road due past evening sucks declined lovely quality soft cute fabric runs jeans shirt sweater waist using says last name fees calls emails told asked since during between both few such whole half the be to of and a in that have i it for not on with he as you do at this but his by from they we say her she or an will \
      my one all would there their what so up out if about who get which go me when make can like time no just him know take \
      people into year your good some could them see other than then now look only come its over think also back after use two \
      how our work first well way even new want because any these give day most us is was are were been has had did does am \
      very more really too never much again great nice bad best love loved poor staff service food place always still need got \
      don didn doesn wasn isn couldn wouldn ve thanks thank please helpful friendly easy happy customer product price nothing \
      better worse worst awful terrible horrible amazing awesome perfect quick fast slow clean dirty hotel room flight phone \
      bank card account money call called told said where why here should while before through being every another off down \
      until having without ever many own same size fit dress wear color top made small little long short looks feels ordered \
      bought received paid payment credit report loan company issue problem days hours waiting lost delayed bag gate plane \
      airline crew seat lounge drinks free okay fine yes things anything everyone nobody guys hey hi hello let lets cant dont \
      im ive thats today tomorrow tonight week month pls plz u ur ok cool wow hate sad sorry hope trying wait hour minutes \
      help fix needs works working \
      took takes months weeks answer answers answered faster shorter clearer cheaper prices invoice invoices delivery delivers \
      later billing bills branch forever reliable queue queues password less ask speak spoke talking unclear wrong right \
      missing broken damaged items parcel shipping shipped arrive arrived arrives returned returns waited wasted costs cheap \
      enough someone resolve resolved fixed solved helped helping kept keep keeps going went leave gorgeous pretty adorable \
      comfy skirt stunning pants huge fabulous stylish cozy sweet feminine beauty itchy simply odd classy sleeves yet find \
      strange awkward weird pleased polite prompt promptly patient honest useless ignored chasing careless fault faults \
      promised refuse refused failed booked luggage seats flights airport ticket july february october march clear clearly \
      explain reply replied replies lower"),
    ("de", "guten morgen seit wahre mehr neue neuen endlich richtig sogar wollen kommt ab will sagen leute heißt wo der die das und ist nicht ich sie es ein eine einen einem einer mit zu auf für fuer war wir den dem des sich auch als an \
      bei nach aus hat haben sehr aber noch nur wie wenn von im so dass daß ihr man kein keine mehr schon immer wieder gut mir \
      mein meine uns über werden wird wurde kann leider alles oder vom zum zur hier da doch einfach jetzt was er habe bin sind \
      waren diese dieser dieses beim durch danke schlecht toll etwas ganz viel nichts am um bis heute ja nein mal weil dann \
      dir du dich mich unser ihre gibt muss soll geht macht finde gerne meiner sein seine ins euch vor unter gegen keiner wäre \
      würde können hatte bitte jeder warum wieso"),
    ("fr", "le la les de des du un une et est pas je il elle nous vous ils en que qui dans pour sur avec ce cette au aux plus très \
      tres mais ne se sa son mes ma mon par ou où à été était etait fait ai sont tout tous bien même leur leurs comme si rien \
      jamais c j n qu d l ça ca cela avez avons merci bon bonne mauvais trop sans aussi quand encore être avoir peu fois ces \
      votre notre lui moi toi tu suis faire car donc y chez déjà après avant on va pourquoi quel quelle"),
    ("es", "nadie dos horas llamó llamar dinero compra tienda gente dicen aquí cada mejor peor años buenos días noche nuevo nueva el la los las de del y en que es un una no se por con para su al lo como más mas pero muy me mi ya le si sí fue está \
      esta este estoy son hay todo todos nada bien sin sobre también tambien cuando porque desde hasta nos ni donde quien ser \
      han ha he era muchas gracias buen bueno buena mal malo servicio siempre nunca tiene tengo hacer así ese eso esa te tu yo \
      ellos usted les soy están mucho solo vez después ahora hoy día qué cómo voy puede estaba"),
    ("pt", "ninguém horas duas acho dessa desse deus vez lindo amor meus minhas cada uns umas coisa nova o a os as de do da dos das e em que é um uma não nao no na nos nas por com para se mais mas muito muita ao foi eu meu \
      minha seu sua ele ela isso este esta está são tem ter já também quando sem até mesmo bem bom boa ruim péssimo obrigado \
      você voce vocês pra pelo pela só ainda ser estou tenho era como fazer gente hoje tudo nunca sempre depois aqui agora vai \
      esse essa me te vc q pq tá to cara dia melhor quem"),
    ("it", "devo fatto troppo quanto sei sta va dalle ore nessuno buona buon giorno caro bella bello troppi ogni altro altra il lo la i gli le di del della dei delle e è in che un una non per con su da dal dalla al alla alle sono mi si ha ho ma \
      più anche come molto ci questo questa tutto tutti se quando bene sempre mai stato stata era nel nella sul sulla suo sua \
      cosa perché perche solo già ottimo buono grazie o io tu lui noi voi loro hanno fare essere dopo poi così ancora niente \
      nulla ora degli agli ed chi fa c governo scuola oggi quello quella"),
    ("nl", "de het een en van ik is dat niet in op te met voor zijn was er maar aan ook als bij naar om ze hij wij we heb heeft had \
      geen nog wel dan door over uit zeer goed veel mijn dit die deze wat hebben worden werd kan moet alleen na tot altijd \
      helaas jullie zo niets slecht onze erg heel mij u uw je jij waar hier omdat toen zou weer wordt snel prima"),
    ("sv", "och att det är en ett som på av för med den till inte jag har de var men om vi så han från mycket bra kan när nu hade \
      skulle min mig dig inget aldrig alltid dålig bara efter eller också här där ni du få får vill blev tack måste alla"),
    ("da", "og at det er en et som på af for med den til ikke jeg har de var men om vi så fra meget god kan når nu havde skulle min \
      mig dig intet aldrig altid dårlig kun efter eller også her der noget fik blev blevet være været hvor hvad tak gode alle"),
    ("no", "og at det er en et som på av for med den til ikke jeg har de var men om vi så fra mye bra kan når nå hadde skulle min \
      meg deg aldri alltid dårlig bare etter eller også her der noe fikk ble blitt være vært hvor hva takk veldig alle"),
    ("fi", "ja on ei että oli mutta se en ole hän niin kun kuin olen minun myös hyvin hyvä huono ovat tämä tai jos sitä vain joka \
      mitä kaikki aina nyt vielä ihan todella palvelu kiitos mukava eivät olla sekä siellä meille minä"),
    ("pl", "i w na nie się sie z do to jest że ze o a jak po co ale za od jego tak był była było przez bardzo tylko jestem są mi \
      mnie dla czy już juz może by obsługa dobrze zawsze nigdy wszystko polecam jednak przy bez nic mam być tego który jeszcze \
      ich oraz gdy moje"),
    ("cs", "a v se na je to že s z i do ale jsem jako byl bylo byla jsou pro tak po jen jak co už když nebo by mi ve velmi dobře \
      není vše nic děkuji které také při ještě může bych jsme proto byly asi"),
    ("sk", "a v sa na je to že s z do ale som ako bol bolo bola sú pre tak po len čo už keď alebo by mi vo veľmi dobre nie ktoré \
      tiež pri ešte môže sme všetko boli"),
    ("ro", "și si în in de la cu nu o pe a să sa un este că ca care din mai pentru sunt foarte dar fost am au ne mi tot bine prea \
      după fără nici acest doar când aici sau era fi prin lui"),
    ("hu", "a az és es nem hogy is egy volt de ez van meg csak mint el kell már mar ki nagyon jó jo ha vagy minden még sem lehet \
      lesz mert én ezt azt voltak nincs soha mindig után ami akkor ott itt"),
    ("tr", "ve bir bu da de için icin çok cok ile ama ben o ne var yok daha kadar gibi en her olarak değil degil olan sonra ki mi mı \
      iyi kötü hiç şey sadece bana bizim çünkü oldu ürün güzel hizmet böyle nasıl şu hem biz siz onlar"),
    ("id", "telah dia bukan siapa terima kasih mau pesan pelayan enggak karna krn dpt yang dan di ini itu dengan untuk tidak saya dari ke pada ada adalah akan juga sudah bisa karena oleh atau kami kita \
      mereka sangat tapi lebih banyak tempat makan enak bagus harga rasa nya gak ga nggak tak aja kalau buat dalam seperti \
      anda jadi kalo yg sama lagi belum baru hanya kurang cukup makanan suasana dapat orang saat hari dgn bgt banget kalian \
      menjadi"),
    ("ms", "kerajaan sokong duit tiada telah daripada malaysia jom korg diorg dia bukan kalau siapa yang dan di ini itu dengan untuk tidak saya dari ke pada ada adalah akan juga sudah boleh kerana oleh atau kami kita \
      mereka sangat tapi lebih banyak tak dah je nak awak ialah tetapi dalam seperti anda jadi sama lagi belum baru hanya kat \
      kau aku korang macam takde pun ni tu lah org orang hari ketika bahawa beliau negara rakyat utk sbb xde mcm kamu bagi \
      semua"),
    ("vi", "và là của có không được cho một những các này đã rất với tôi khi người trong ra lại như đến thì cũng nhưng mà anh em vì \
      để rồi nhiều"),
    ("ca", "el la els les de i que en un una no és per amb molt més però del al com ha són va ser està aquest tot també quan hi ens \
      bé sense"),
    ("hr", "i u je na se da za su od s sa ne što kao ali o iz bio bila nije samo sve koji vrlo jako dobro biti ili ako već hvala"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_short_words_in_lower_case() {
        assert_eq!(code(0), "en");
        const { assert!(N_LANGUAGES <= 32, "languages are the bits of a word") };
        let n_words = TABLE.words.iter().filter(|word| **word != Packed(0)).count();
        assert!(n_words * 2 < N_SLOTS, "{n_words}: double the slots");
        for (code, words) in LISTS {
            for word in words.split_ascii_whitespace() {
                assert!(word.len() <= 8 && word == word.to_lowercase(), "{code} {word}");
            }
        }
    }
}
