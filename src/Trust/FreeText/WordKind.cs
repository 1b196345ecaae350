namespace Yunnao.Trust.FreeText;

/// <summary>What a word of standards/freetext/words.csv is a sign of; the names are those of the file.</summary>
internal enum WordKind
{
    None,
    Surname,
    NameCue,
    PersonCue,
    NumberCue,
    NetCue,
    PhoneCue,
    AddressCue,
    Province,
    City,
    Institution,
    Plate,
}
