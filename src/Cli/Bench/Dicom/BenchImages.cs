using System.Runtime.InteropServices;
using Yunnao.Formats.Dicom;

namespace Yunnao.Cli.Bench.Dicom;

/// <summary>CT studies of fifty slices of 512 × 512 × 16 bits, of people who do not exist; 0.5 MB an instance.</summary>
internal static class BenchImages
{
    public const int Slices = 50;
    private const string Root = "1.2.826.0.1.3680043.10.9998";

    /// <summary>Pixels of a side.</summary>
    public const int Size = 512;

    private static readonly string[] Names = ["Zhang^San=张^三", "Wang^Wu=王^五", "Smith^Ann", "Chen^Jing=陈^静", "Liu^Yang=刘^洋"];

    public static string Study(int study) => $"{Root}.1.{study + 1}";

    public static string Series(int study) => $"{Study(study)}.1";

    public static string Instance(int number) => $"{Series(number / Slices)}.{number % Slices + 1}";

    /// <summary>The data set of an instance.</summary>
    /// <param name="slices">Instances of a series.</param>
    /// <param name="size">Pixels of a side.</param>
    public static DicomBuilder Set(int number, int slices = Slices, int size = Size)
    {
        var (study, slice) = (number / slices, number % slices);
        var day = new DateOnly(2015, 1, 1).AddDays(study % 4000).ToString("yyyyMMdd", System.Globalization.CultureInfo.InvariantCulture);
        return new DicomBuilder()
            .Set(Tags.ImageType, "ORIGINAL", "PRIMARY", "AXIAL").Set(Tags.SopClassUid, "1.2.840.10008.5.1.4.1.1.2").Set(Tags.SopInstanceUid, $"{Series(study)}.{slice + 1}")
            .Set(Tags.StudyDate, day).Set(Tags.SeriesDate, day).Set(Tags.StudyTime, "101500").Set(Tags.AccessionNumber, $"ACC{study:00000000}").Set(Tags.Modality, "CT").Set(Tags.Manufacturer, "BENCH")
            .Set(Tags.ReferringPhysicianName, "Li^Wei").Set(Tags.StudyDescription, $"CHEST CT {study}").Set(Tags.SeriesDescription, "AXIAL 1.0")
            .Set(Tags.PatientName, Names[study % Names.Length]).Set(Tags.PatientId, $"PID{study:00000000}").Set(Tags.PatientBirthDate, $"19{50 + study % 50}0101").Set(Tags.PatientSex, study % 2 == 0 ? "M" : "F")
            .Set(Tags.BodyPartExamined, "CHEST").Set(Tags.StudyInstanceUid, Study(study)).Set(Tags.SeriesInstanceUid, Series(study)).Set(Tags.StudyId, $"{study}").Set(Tags.SeriesNumber, "1")
            .Set(Tags.InstanceNumber, $"{slice + 1}").Set(Tags.SamplesPerPixel, 1L).Set(Tags.PhotometricInterpretation, "MONOCHROME2").Set(Tags.Rows, (long)size).Set(Tags.Columns, (long)size)
            .Set(Tags.BitsAllocated, 16L).Set(Tags.BitsStored, 16L).Set(Tags.HighBit, 15L).Set(Tags.PixelRepresentation, 0L);
    }

    /// <summary>The whole file of an instance.</summary>
    /// <param name="slices">Instances of a series.</param>
    /// <param name="size">Pixels of a side.</param>
    public static byte[] File(int number, int slices = Slices, int size = Size)
    {
        var pixels = new byte[size * size * 2];
        Noise(number, pixels);
        return DicomWriter.Write(DicomWriter.FileOf(Set(number, slices, size).SetBytes(Tags.PixelData, Vr.OW, pixels).Build(), TransferSyntax.ExplicitLittle)).Value;
    }

    /// <summary>The same noise for the same number (SplitMix64): made at the speed of memory, so that preparing takes less than what is measured.</summary>
    private static void Noise(int number, byte[] pixels)
    {
        var state = (ulong)number * 0xD1342543DE82EF95;
        foreach (ref var value in MemoryMarshal.Cast<byte, ulong>(pixels.AsSpan()))
        {
            var mixed = state += 0x9E3779B97F4A7C15;
            mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            value = mixed ^ (mixed >> 31);
        }
    }

    /// <summary>Writes files into a folder; gives their bytes in all.</summary>
    /// <param name="first">Number of the first of them.</param>
    public static long Write(string folder, int count, int first = 0)
    {
        long bytes = 0;
        for (var i = first; i < first + count; i++)
        {
            var file = File(i);
            System.IO.File.WriteAllBytes(Path.Combine(folder, $"{i:000000}.dcm"), file);
            bytes += file.Length;
        }

        return bytes;
    }
}
