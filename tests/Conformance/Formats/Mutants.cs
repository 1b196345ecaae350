using System.Globalization;

namespace Yunnao.Tests.Formats;

/// <summary>
/// Damaged copies of files: cut off, bytes changed, pieces doubled, removed, taken from another file, NUL bytes and huge lines put in. The
/// same seed makes the same mutants; YUNNAO_MUTANTS=10000 makes the long run.
/// </summary>
internal static class Mutants
{
    /// <summary>How many to make: the number given, or that of the environment.</summary>
    public static int Count(int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable("YUNNAO_MUTANTS"), NumberStyles.None, CultureInfo.InvariantCulture, out var many) ? many : usual;

    public static IEnumerable<(byte[] Bytes, int Number)> Of(IReadOnlyList<byte[]> files, int count, int seed = 20260102)
    {
        var random = new Random(seed);
        for (var number = 0; number < count; number++)
        {
            var bytes = files[random.Next(files.Count)].ToList();
            for (var changes = random.Next(4); changes >= 0 && bytes.Count > 1; changes--) Change(bytes, random, files);
            yield return ([.. bytes], number);
        }
    }

    private static void Change(List<byte> bytes, Random random, IReadOnlyList<byte[]> files)
    {
        var at = random.Next(bytes.Count);
        var length = Math.Min(random.Next(1, 400), bytes.Count - at);
        switch (random.Next(8))
        {
            case 0:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 1:
                bytes.RemoveRange(at, length);
                break;
            case 2:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 3:
                var other = files[random.Next(files.Count)];
                if (other.Length > 0) bytes.InsertRange(at, other.AsSpan(random.Next(other.Length)).ToArray().Take(length));
                break;
            case 4:
                bytes.InsertRange(at, Enumerable.Repeat((byte)0, length));
                break;
            case 5:
                bytes.InsertRange(at, Enumerable.Repeat((byte)random.Next(32, 127), random.Next(200_000)));
                break;
            default:
                for (var i = 0; i < length; i += 7) bytes[at + i] = (byte)random.Next(256);
                break;
        }
    }
}
