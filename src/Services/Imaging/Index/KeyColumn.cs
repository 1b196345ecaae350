using System.Collections.Frozen;
using Yunnao.Formats.Dicom;

namespace Yunnao.Services.Imaging.Index;

/// <summary>The elements that can be asked for, and the columns that answer. Others are delivered but do not narrow (PS3.4, C.2.2.1.3).</summary>
/// <param name="Level">The highest level that has it.</param>
/// <param name="Column">With the letter of its table: s study, e series, i instance; empty for what is compared after unsealing only.</param>
/// <param name="Fact">What is compared of a sealed value; null for columns in clear.</param>
internal sealed record KeyColumn(QueryLevel Level, string Column, KeyKind Kind, Func<PersonFacts, string>? Fact = null)
{
    private static readonly FrozenDictionary<uint, KeyColumn> Columns = new Dictionary<uint, KeyColumn>
    {
        [0x0010_0010] = new(QueryLevel.Patient, "", KeyKind.Name, f => f.Name),
        [0x0010_0020] = new(QueryLevel.Patient, "s.local", KeyKind.LookUp, f => f.Local),
        [0x0010_0030] = new(QueryLevel.Patient, "", KeyKind.SealedDate, f => f.Birth),
        [0x0010_0040] = new(QueryLevel.Patient, "s.sex", KeyKind.Text),
        [0x0008_0020] = new(QueryLevel.Study, "s.study_date", KeyKind.Date),
        [0x0008_0030] = new(QueryLevel.Study, "s.study_time", KeyKind.Time),
        [0x0008_0050] = new(QueryLevel.Study, "s.accession", KeyKind.LookUp, f => f.Accession),
        [0x0020_0010] = new(QueryLevel.Study, "", KeyKind.Sealed, f => f.StudyNumber),
        [0x0008_1030] = new(QueryLevel.Study, "s.description", KeyKind.Folded),
        [0x0008_0090] = new(QueryLevel.Study, "", KeyKind.SealedFolded, f => f.Referring),
        [0x0020_000D] = new(QueryLevel.Study, "s.uid", KeyKind.Uid),
        [0x0008_0061] = new(QueryLevel.Study, "s.modalities", KeyKind.Modality),
        [0x0008_0062] = new(QueryLevel.Study, "s.classes", KeyKind.Member),
        [0x0008_0060] = new(QueryLevel.Series, "e.modality", KeyKind.Text),
        [0x0020_000E] = new(QueryLevel.Series, "e.uid", KeyKind.Uid),
        [0x0020_0011] = new(QueryLevel.Series, "e.number", KeyKind.Number),
        [0x0008_103E] = new(QueryLevel.Series, "e.description", KeyKind.Folded),
        [0x0018_0015] = new(QueryLevel.Series, "e.body_part", KeyKind.Text),
        [0x0008_0021] = new(QueryLevel.Series, "e.series_date", KeyKind.Date),
        [0x0008_0031] = new(QueryLevel.Series, "e.series_time", KeyKind.Time),
        [0x0008_0018] = new(QueryLevel.Image, "i.uid", KeyKind.Uid),
        [0x0008_0016] = new(QueryLevel.Image, "i.class", KeyKind.Code),
        [0x0020_0013] = new(QueryLevel.Image, "i.number", KeyKind.Number),
        [0x0028_0008] = new(QueryLevel.Image, "i.frames", KeyKind.Number),
    }.ToFrozenDictionary();

    /// <summary>The column of an element, or null.</summary>
    public static KeyColumn? Of(DicomTag tag) => Columns.GetValueOrDefault(tag.Value);
}
