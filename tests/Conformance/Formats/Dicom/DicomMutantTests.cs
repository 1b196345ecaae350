using Xunit;
using Yunnao.Formats.Dicom;
using Yunnao.Formats.Dicom.Pixels;

namespace Yunnao.Tests.Formats.Dicom;

/// <summary>Damaged objects: 10,000 with YUNNAO_MUTANTS=10000, fewer otherwise; the same seed makes the same ones.</summary>
public sealed class DicomMutantTests
{
    /// <summary>What a read may cost beside the bytes: dictionary, problems, small objects.</summary>
    private const long Slack = 64 << 10;

    [Fact]
    public async Task Mutants_are_read_within_four_times_their_bytes()
    {
        var files = ImagingData.Objects().Select(n => (Name: n, Bytes: ImagingData.Read(n))).Where(f => f.Bytes.Length < 200_000).ToArray();
        var random = new Random(20261128);
        foreach (var (_, bytes) in files.Take(20)) DicomReader.Read(bytes);
        for (var number = 0; number < Count(1500); number++)
        {
            var (name, original) = files[random.Next(files.Length)];
            var bytes = Damage(original, random);
            var label = $"mutant {number} of {name}";
            var before = GC.GetAllocatedBytesForCurrentThread();
            var result = DicomReader.Read(bytes, new DicomReadOptions { LargestInflated = 1 << 22 });
            var cost = GC.GetAllocatedBytesForCurrentThread() - before;
            if (result.Ok && result.Value.Syntax.IsDeflated) continue;
            Assert.True(cost <= 4L * bytes.Length + Slack, $"{label}: {cost} bytes for {bytes.Length}");

            var header = await DicomReader.ReadHeaderAsync(new MemoryStream(bytes), cancel: TestContext.Current.CancellationToken);
            Assert.Equal(result.Ok, header.Ok);
            if (!result.Ok) continue;
            DicomJson.Write(result.Value.DataSet);
            DicomWriter.Write(result.Value);
            if (number % 8 == 0) FrameRenderer.Render(result.Value, 0);
        }
    }

    [Fact]
    public void An_object_may_be_cut_off_anywhere()
    {
        foreach (var name in ImagingData.Objects().Where((_, i) => i % 25 == 0))
        {
            var bytes = ImagingData.Read(name);
            if (!DicomReader.Read(bytes).Try(out var whole, out _) || whole.Problems.Count > 0 || whole.Syntax.IsDeflated) continue;
            var step = Math.Max(1, bytes.Length / 300);
            for (var length = 400; length < bytes.Length; length += step)
            {
                var cut = DicomReader.Read(bytes.AsMemory(0, length));
                Assert.True(cut.Ok, name);
                Assert.True(cut.Value.DataSet.Count <= whole.DataSet.Count, name);
                for (var i = 0; i < cut.Value.DataSet.Count - 1; i++) Assert.Equal(whole.DataSet[i].Tag, cut.Value.DataSet[i].Tag);
            }
        }
    }

    private static int Count(int usual) => int.TryParse(Environment.GetEnvironmentVariable("YUNNAO_MUTANTS"), out var many) ? many : usual;

    private static byte[] Damage(byte[] original, Random random)
    {
        var bytes = original.ToList();
        for (var changes = random.Next(4); changes >= 0 && bytes.Count > 200; changes--)
        {
            // Most damage is done in the header, where the lengths are.
            var at = random.Next(3) == 0 ? random.Next(bytes.Count) : random.Next(Math.Min(bytes.Count, 4000));
            var length = Math.Min(random.Next(1, 40), bytes.Count - at);
            switch (random.Next(6))
            {
                case 0: bytes.RemoveRange(at, random.Next(4) == 0 ? bytes.Count - at : length); break;
                case 1: bytes.InsertRange(at, bytes.GetRange(at, length)); break;
                case 2: for (var i = 0; i < Math.Min(4, length); i++) bytes[at + i] = 0xFF; break;
                case 3: bytes.InsertRange(at, [0xFE, 0xFF, (byte)(random.Next(2) == 0 ? 0x00 : 0x0D), 0xE0, 0xFF, 0xFF, 0xFF, 0xFF]); break;
                default: for (var i = 0; i < length; i += 5) bytes[at + i] = (byte)random.Next(256); break;
            }
        }

        return [.. bytes];
    }
}
