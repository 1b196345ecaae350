using Yunnao.Formats.Dicom;

namespace Yunnao.Tests.EndToEnd.Imaging;

/// <summary>Small CT studies of people who do not exist.</summary>
internal static class TestImages
{
    public const string Root = "1.2.826.0.1.3680043.10.9999";
    private static readonly string[] Names = ["Zhang^San=张^三", "Wang^Wu=王^五", "Smith^Ann"];

    public static string Study(int study) => $"{Root}.1.{study}";

    public static string Series(int study) => $"{Study(study)}.1";

    public static string Instance(int study, int number) => $"{Series(study)}.{number}";

    /// <summary>Writes studies into a folder; gives the paths.</summary>
    public static List<string> Write(string folder, int studies, int slices, int size = 64)
    {
        Directory.CreateDirectory(folder);
        var paths = new List<string>();
        for (var s = 1; s <= studies; s++)
        {
            for (var i = 1; i <= slices; i++)
            {
                var path = Path.Combine(folder, $"s{s:00}_{i:000}.dcm");
                File.WriteAllBytes(path, Bytes(s, i, size));
                paths.Add(path);
            }
        }

        return paths;
    }

    /// <summary>One slice, explicit little endian.</summary>
    public static byte[] Bytes(int study, int number, int size = 64, string? name = null)
    {
        var pixels = new byte[size * size * 2];
        new Random(study * 1000 + number).NextBytes(pixels);
        var set = new DicomBuilder()
            .Set(Tags.ImageType, "ORIGINAL", "PRIMARY", "AXIAL").Set(Tags.SopClassUid, "1.2.840.10008.5.1.4.1.1.2").Set(Tags.SopInstanceUid, Instance(study, number))
            .Set(Tags.StudyDate, $"2024{study % 12 + 1:00}{study % 28 + 1:00}").Set(Tags.StudyTime, "101500").Set(Tags.AccessionNumber, $"ACC{study:00000}").Set(Tags.Modality, "CT")
            .Set(Tags.ReferringPhysicianName, "Li^Wei").Set(Tags.StudyDescription, $"CHEST CT {study}").Set(Tags.SeriesDescription, "AXIAL 1.0")
            .Set(Tags.PatientName, name ?? Names[study % Names.Length]).Set(Tags.PatientId, $"PID{study:0000}").Set(Tags.PatientBirthDate, $"19{50 + study}0101").Set(Tags.PatientSex, study % 2 == 0 ? "M" : "F")
            .Set(Tags.BodyPartExamined, "CHEST").Set(Tags.StudyInstanceUid, Study(study)).Set(Tags.SeriesInstanceUid, Series(study)).Set(Tags.StudyId, $"{study}")
            .Set(Tags.SeriesNumber, "1").Set(Tags.InstanceNumber, $"{number}").Set(Tags.SamplesPerPixel, 1L).Set(Tags.PhotometricInterpretation, "MONOCHROME2")
            .Set(Tags.Rows, (long)size).Set(Tags.Columns, (long)size).Set(Tags.BitsAllocated, 16L).Set(Tags.BitsStored, 16L).Set(Tags.HighBit, 15L).Set(Tags.PixelRepresentation, 0L)
            .SetBytes(Tags.PixelData, Vr.OW, pixels).Build();
        return DicomWriter.Write(DicomWriter.FileOf(set, TransferSyntax.ExplicitLittle)).Value;
    }

    /// <summary>The data set of a file: what DIMSE carries, and what must never change.</summary>
    public static byte[] DataSet(byte[] file) => file[(int)DicomReader.ReadHeader(file).Value.DataSetOffset..];
}
