using System.Text;
using Xunit;
using Yunnao.Formats.Dicom;
using Yunnao.Formats.Dicom.Deidentification;

namespace Yunnao.Tests.Formats.Dicom;

public sealed class DeidentifierTests
{
    private static readonly byte[] Key = Encoding.ASCII.GetBytes("0123456789abcdef");

    private static DicomDataSet Object() => new DicomBuilder()
        .Set(Tags.SopClassUid, "1.2.840.10008.5.1.4.1.1.2").Set(Tags.SopInstanceUid, "1.2.3.4").Set(Tags.StudyInstanceUid, "1.2.3")
        .Set(Tags.StudyDate, "20240301").Set(Tags.Modality, "CT").Set(Tags.InstitutionName, "第一医院")
        .Set(Tags.StudyDescription, "Chest of Zhang San, 张三, 20240301").Set(Tags.PatientName, "Zhang^San=张^三").Set(Tags.PatientId, "P-4711")
        .Set(Tags.PatientBirthDate, "19700101").Set(Tags.PatientSex, "F").Set(Tags.PatientAge, "054Y").Set(Tags.StationName, "CT01")
        .Set(new DicomTag(0x0009_0010), Vr.LO, "ACME").Set(new DicomTag(0x0009_1001), Vr.LO, "Zhang")
        .SetItems(new DicomTag(0x0008_1140), new DicomBuilder().Set(Tags.ReferencedSopInstanceUid, "1.2.3.5").Build())
        .Set(Tags.Rows, 1).Build();

    private static DicomDataSet Apply(DeidOptions options = DeidOptions.None, string? pseudonym = null) =>
        Deidentifier.Apply(Object(), new DeidRequest { Key = Key, Options = options, Pseudonym = pseudonym }).DataSet;

    [Fact]
    public void The_basic_profile_leaves_nothing_of_the_person()
    {
        var set = Apply();
        var text = Encoding.UTF8.GetString(DicomJson.Write(set));
        foreach (var word in new[] { "Zhang", "张", "4711", "19700101", "20240301", "第一医院", "CT01", "ACME", "1.2.3", "054Y" }) Assert.DoesNotContain(word, text, StringComparison.Ordinal);
        Assert.Equal("CT", set.GetString(Tags.Modality));
        Assert.Equal(1, set.GetInteger(Tags.Rows));
        Assert.Equal("1.2.840.10008.5.1.4.1.1.2", set.GetString(Tags.SopClassUid));
        Assert.Equal("YES", set.GetString(Tags.PatientIdentityRemoved));
        Assert.Equal("113100", set.GetItems(Tags.DeidentificationMethodCodeSequence)[0].GetString(new DicomTag(0x0008_0100)));
    }

    [Fact]
    public void References_hold_since_a_uid_always_becomes_the_same()
    {
        var set = Apply();
        var other = Deidentifier.Apply(Object(), new DeidRequest { Key = Key }).DataSet;
        Assert.Equal(set.GetString(Tags.StudyInstanceUid), other.GetString(Tags.StudyInstanceUid));
        Assert.Equal(UidPseudonym.Of("1.2.3.5", Key), set.GetItems(new DicomTag(0x0008_1140))[0].GetString(Tags.ReferencedSopInstanceUid));
        Assert.True(DicomUid.IsValid(set.GetString(Tags.StudyInstanceUid)));
        Assert.NotEqual(UidPseudonym.Of("1.2.3", Key), UidPseudonym.Of("1.2.3", Encoding.ASCII.GetBytes("another key of 16")));
    }

    [Fact]
    public void Options_keep_what_they_say()
    {
        var set = Apply(DeidOptions.RetainUids | DeidOptions.RetainPatient | DeidOptions.RetainInstitution | DeidOptions.RetainDevice | DeidOptions.RetainFullDates, "S-1");
        Assert.Equal("1.2.3", set.GetString(Tags.StudyInstanceUid));
        Assert.Equal("054Y", set.GetString(Tags.PatientAge));
        Assert.Equal("F", set.GetString(Tags.PatientSex));
        Assert.Equal("第一医院", set.GetString(Tags.InstitutionName));
        Assert.Equal("CT01", set.GetString(Tags.StationName));
        Assert.Equal("20240301", set.GetString(Tags.StudyDate));
        Assert.Equal("S-1", set.GetString(Tags.PatientId));
        Assert.Null(set.GetString(Tags.PatientBirthDate));
    }

    [Fact]
    public void Dates_of_a_subject_are_shifted_by_the_same_days()
    {
        var set = Apply(DeidOptions.ShiftDates);
        var days = Deidentifier.Shift(new DeidRequest { Key = Key }, "P-4711");
        Assert.InRange(days, 1, 365);
        Assert.Equal(new DateOnly(2024, 3, 1).AddDays(-days), set.GetDate(Tags.StudyDate));
        Assert.Equal("MODIFIED", set.GetString(new DicomTag(0x0028_0303)));
    }

    [Fact]
    public void Descriptions_are_cleaned_of_names_and_dates()
    {
        var text = Apply(DeidOptions.CleanDescriptors).GetString(Tags.StudyDescription);
        Assert.StartsWith("Chest of", text, StringComparison.Ordinal);
        foreach (var word in new[] { "Zhang", "San", "张", "20240301" }) Assert.DoesNotContain(word, text, StringComparison.Ordinal);
    }

    [Fact]
    public void Items_of_an_object_in_another_character_set_stay_readable()
    {
        var code = new DicomTag(0x0008_0104);
        byte[] bytes =
        [
            0x08, 0, 0x05, 0, (byte)'C', (byte)'S', 8, 0, .. "GB18030 "u8, 0x18, 0, 0x12, 0, (byte)'S', (byte)'Q', 0, 0, 20, 0, 0, 0,
            0xFE, 0xFF, 0, 0xE0, 12, 0, 0, 0, 0x08, 0, 0x04, 0x01, (byte)'L', (byte)'O', 4, 0, 0xD5, 0xC5, 0xC8, 0xFD,
        ];
        var read = DicomReader.Read(bytes, new DicomReadOptions { DataSetOnly = true, Syntax = TransferSyntax.ExplicitLittle }).Value.DataSet;
        Assert.Equal("张三", read.GetItems(new DicomTag(0x0018_0012))[0].GetString(code));
        var set = Deidentifier.Apply(read, new DeidRequest { Key = Key }).DataSet;
        Assert.Equal("张三", set.GetItems(new DicomTag(0x0018_0012))[0].GetString(code));
    }

    [Fact]
    public void An_object_with_burned_in_annotations_is_marked()
    {
        Assert.False(Deidentifier.Apply(Object(), new DeidRequest { Key = Key }).MayShowPerson);
        var marked = DicomBuilder.From(Object()).Set(Tags.BurnedInAnnotation, "YES").Build();
        Assert.True(Deidentifier.Apply(marked, new DeidRequest { Key = Key }).MayShowPerson);
    }
}
