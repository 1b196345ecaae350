using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;
using Yunnao.Formats.Dicom;
using Yunnao.Formats.Dicom.Deidentification;

namespace Yunnao.Tests.Formats.Dicom;

/// <summary>The metadata of every object beside what dcmtk's dcm2json says of it, and what dcmtk and dicom3tools say of what we write.</summary>
public sealed partial class DicomMetadataTests
{
    [Fact]
    public void Metadata_are_what_dcm2json_says()
    {
        var different = new List<string>();
        foreach (var name in ImagingData.Objects())
        {
            var (exit, output, _) = Peer.Run("dcm2json", "dcmtk", "-q", "-fc", Path.Combine(ImagingData.Root, name));
            if (exit != 0) (exit, output) = WithoutPixels(name);
            if (exit != 0 || !DicomReader.Read(ImagingData.Read(name)).Try(out var file, out _))
            {
                different.Add(name);
                if (!Exclusions.Of("metadata").Contains(name)) TestContext.Current.TestOutputHelper?.WriteLine($"{name}: dcm2json ends with {exit}");
                continue;
            }

            using var theirs = Parse(output);
            using var ours = JsonDocument.Parse(DicomJson.Write(file.DataSet, new DicomJsonOptions { LargestInline = int.MaxValue }), new JsonDocumentOptions { MaxDepth = 256 });
            var differences = new List<string>();
            Compare(theirs.RootElement, ours.RootElement, "", file.Syntax.IsExplicit, differences);
            if (differences.Count == 0) continue;
            different.Add(name);
            if (!Exclusions.Of("metadata").Contains(name)) TestContext.Current.TestOutputHelper?.WriteLine($"{name} [{file.Syntax.Name}]: {string.Join("; ", differences.Take(4))}");
        }

        Assert.Empty(different.Except(Exclusions.Of("metadata")));
    }

    /// <summary>Every element of an object as UN: dcmtk, told to convert, and we take the same elements and items out of it, in the same representation.</summary>
    [Fact]
    public void What_came_as_un_is_what_dcmdump_makes_of_it()
    {
        var (folder, compared, read, different) = (Directory.CreateTempSubdirectory("yunnao-dicom-un-"), 0, 0, new List<string>());
        var ours = new Dictionary<string, (string Name, List<string> Lines)>(StringComparer.Ordinal);
        try
        {
            foreach (var name in ImagingData.Objects())
            {
                if (!DicomReader.Read(ImagingData.Read(name)).Try(out var file, out _) || file.Problems.Count > 0 || file.Syntax.IsEncapsulated || file.Syntax.IsDeflated) continue;
                if (!file.DataSet.Any(e => e.IsSequence) && read++ % 4 != 0) continue;
                compared++;

                // Sequences get a length that is known: one of undefined length as UN is another case.
                var builder = DicomBuilder.From(file.DataSet);
                foreach (var element in file.DataSet)
                {
                    if (element.Tag.IsGroupLength || element.Tag.Group >= 0x6000) builder.Remove(element.Tag);
                    else if (element.IsSequence) builder.SetItems(element.Tag, element.Items);
                }

                var set = builder.Build();
                var plain = DicomWriter.WriteDataSet(set, TransferSyntax.ImplicitLittle).Value;
                var head = DicomWriter.Write(DicomWriter.FileOf(set, TransferSyntax.ExplicitLittle) with { DataSet = DicomDataSet.Empty }).Value;
                byte[] bytes = [.. head, .. UnnamedForm.Of(plain, big: false)];
                var path = Path.Combine(folder.FullName, $"{compared}.dcm");
                File.WriteAllBytes(path, bytes);
                ours[path] = (name, Lines(DicomReader.Read(bytes).Value.DataSet, "").ToList());
            }

            // One run over the folder: a process a file would take minutes.
            var (exit, output, _) = Peer.Run("dcmdump", "dcmtk", "-q", "+uc", "-M", "+L", "+F", "+sd", folder.FullName);
            Assert.Equal(0, exit);
            foreach (var dump in output.Split("# dcmdump (").Skip(1))
            {
                var (name, lines) = ours[dump[(dump.IndexOf(": ", StringComparison.Ordinal) + 2)..dump.IndexOf('\n', StringComparison.Ordinal)].Trim()];
                var theirs = Line().Matches(dump).Select(m => $"{m.Groups[1].Value}{m.Groups[2].Value.ToUpperInvariant()}{m.Groups[3].Value.ToUpperInvariant()} {Choice(m.Groups[4].Value)}").ToList();
                compared--;
                if (theirs.Except(lines).Concat(lines.Except(theirs)).ToList() is { Count: > 0 } both) different.Add($"{name}: {string.Join("; ", both.Take(5))}");
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        Assert.True(ours.Count > 20, $"{ours.Count}");
        Assert.Equal(0, compared);
        Assert.True(different.Count == 0, string.Join('\n', different));

        // dcmtk has dictionaries of makers, which the standard has not; where the standard leaves a choice, each takes its own.
        static IEnumerable<string> Lines(DicomDataSet set, string indent)
        {
            foreach (var element in set)
            {
                if (!element.Tag.IsPrivate) yield return $"{indent}{element.Tag.ToHex()} {Choice(element.IsSequence ? "SQ" : element.Vr.Name())}";
                foreach (var item in element.Items)
                    foreach (var line in Lines(item, element.Tag.IsPrivate ? "-" : indent + "    "))
                        if (!element.Tag.IsPrivate) yield return line;
            }
        }

        static string Choice(string vr) => vr is "US" or "SS" or "xs" or "OW" or "OB" or "ox" or "px" or "lt" ? "?" : vr == "up" ? "UL" : vr.ToUpperInvariant();
    }

    [GeneratedRegex(@"^( *)\((?!fffe)(?!0002)([0-9a-f]{3}[02468ace]),([0-9a-f]{4})\) (\S\S)", RegexOptions.Multiline)]
    private static partial Regex Line();

    [Fact]
    public void What_is_written_is_read_by_dcmtk_without_a_word()
    {
        var folder = Directory.CreateTempSubdirectory("yunnao-dicom-");
        try
        {
            var number = 0;
            foreach (var name in ImagingData.Objects().Where((_, i) => i % 4 == 0))
            {
                if (!DicomReader.Read(ImagingData.Read(name)).Try(out var file, out _) || file.Problems.Count > 0 || file.Syntax.IsEncapsulated) continue;
                foreach (var syntax in new[] { TransferSyntax.ExplicitLittle, TransferSyntax.ImplicitLittle, TransferSyntax.ExplicitBig })
                    if (syntax != file.Syntax) File.WriteAllBytes(Path.Combine(folder.FullName, $"{number++}.dcm"), DicomWriter.Write(file, syntax).Value);
            }

            // One run over the folder: a process a file would take minutes.
            var (exit, _, errors) = Peer.Run("dcmdump", "dcmtk", "+sd", "+r", "-ll", "error", folder.FullName);
            Assert.Equal("", errors);
            Assert.Equal(0, exit);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>dciodvfy finds no error in what is written that is not in the object already; without its person neither.</summary>
    [Fact]
    public void What_is_written_keeps_to_its_iod_as_far_as_the_object_did()
    {
        var (path, worse, judged) = (Path.GetTempFileName(), new List<string>(), 0);
        try
        {
            foreach (var name in ImagingData.Objects().Where((_, i) => i % 10 == 0))
            {
                if (!DicomReader.Read(ImagingData.Read(name)).Try(out var file, out _) || file.Problems.Count > 0 || file.Syntax.IsDeflated || file.DataSet.GetString(Tags.SopInstanceUid) is null) continue;
                var before = Errors(Path.Combine(ImagingData.Root, name));
                if (before is null) continue;
                judged++;
                if (!file.Syntax.IsEncapsulated) Judge(name, DicomWriter.Write(file, file.Syntax == TransferSyntax.ImplicitLittle ? TransferSyntax.ExplicitLittle : TransferSyntax.ImplicitLittle).Value, before);
                var without = Deidentifier.Apply(file.DataSet, new() { Key = "sixteen bytes or more"u8.ToArray(), Pseudonym = "P1", Options = DeidOptions.ShiftDates });
                Judge(name + " without its person", DicomWriter.Write(DicomWriter.FileOf(without.DataSet, file.Syntax)).Value, before);
            }
        }
        finally
        {
            File.Delete(path);
        }

        Assert.True(judged > 10, $"{judged}");
        Assert.True(worse.Count == 0, string.Join('\n', worse));

        void Judge(string what, byte[] bytes, HashSet<string> before)
        {
            File.WriteAllBytes(path, bytes);
            var after = Errors(path);
            // Implicit encoding leaves "US or SS" to Pixel Representation; dciodvfy gives up where an object has none (rwvm.dcm).
            if (after?.Any(e => e.Contains("Missing Pixel Representation", StringComparison.Ordinal)) == true) return;
            if (after is null) worse.Add($"{what}: dciodvfy does not read it");
            else if (after.Except(before).ToList() is { Count: > 0 } added) worse.Add($"{what}: {string.Join("; ", added.Take(4))}");
        }

        // An error of an element names it; what follows the name may tell its value.
        static HashSet<string>? Errors(string file)
        {
            var (exit, output, errors) = Peer.Run("dciodvfy", "dicom3tools", file);
            return exit > 1 ? null : [.. (output + errors).Split('\n').Where(l => l.StartsWith("Error", StringComparison.Ordinal)).Select(l => Value().Replace(l, ""))];
        }
    }

    [GeneratedRegex(@"<[^>]*>|value = .*|UID [\d.]+")]
    private static partial Regex Value();

    [Fact]
    public void The_json_model_and_back_says_the_same()
    {
        foreach (var name in ImagingData.Objects())
        {
            if (!DicomReader.Read(ImagingData.Read(name)).Try(out var file, out _)) continue;
            var options = new DicomJsonOptions { LargestInline = int.MaxValue };
            var json = DicomJson.Write(file.DataSet, options);
            var back = DicomJson.Read(json);
            if (file.Problems.Count > 0 && !back.Ok) continue;
            Assert.True(back.Ok, $"{name}: {back.Problem}");
            Assert.True(json.AsSpan().SequenceEqual(DicomJson.Write(back.Value[0], options)) || Exclusions.Of("json").Contains(name), name);
        }
    }

    /// <summary>dcm2json writes a DS such as "1." as it is, which is no number of JSON.</summary>
    private static JsonDocument Parse(string json)
    {
        var options = new JsonDocumentOptions { MaxDepth = 256 };
        try
        {
            return JsonDocument.Parse(json, options);
        }
        catch (JsonException)
        {
            return JsonDocument.Parse(BareDot().Replace(json, ""), options);
        }
    }

    [GeneratedRegex(@"(?<=[\[,]-?\d+)\.(?=[\],])")]
    private static partial Regex BareDot();

    /// <summary>dcm2json does not write compressed pixel data: it is taken out of a copy before.</summary>
    private static (int ExitCode, string Output) WithoutPixels(string name)
    {
        var copy = Path.GetTempFileName();
        try
        {
            File.Copy(Path.Combine(ImagingData.Root, name), copy, overwrite: true);
            Peer.Run("dcmodify", "dcmtk", "-q", "-nb", "-ea", "(7FE0,0010)", copy);
            var (exit, output, _) = Peer.Run("dcm2json", "dcmtk", "-q", "-fc", copy);
            return (exit, output);
        }
        finally
        {
            File.Delete(copy);
        }
    }

    private static void Compare(JsonElement theirs, JsonElement ours, string path, bool isExplicit, List<string> differences)
    {
        foreach (var property in theirs.EnumerateObject())
        {
            // PS3.18 F.2.2: what the text is in, which is UTF-8 in JSON; dcmtk says so only at the top.
            if (property.Name == "00080005") continue;
            var tag = path + property.Name;
            if (!ours.TryGetProperty(property.Name, out var our))
            {
                differences.Add($"{tag} missing");
                continue;
            }

            var (theirVr, ourVr) = (property.Value.GetProperty("vr").GetString(), our.GetProperty("vr").GetString());

            // Without representation in the bytes dcmtk has a private dictionary, and takes its own choice where the standard leaves one.
            var isPrivate = Convert.ToInt32(property.Name[..4], 16) % 2 == 1;
            if (theirVr != ourVr)
            {
                if (isExplicit && theirVr != "UN" && ourVr != "UN") differences.Add($"{tag} {theirVr}≠{ourVr}");
                if (isPrivate || !isExplicit) continue;
                continue;
            }

            if (property.Value.TryGetProperty("InlineBinary", out var binary))
            {
                if (our.TryGetProperty("InlineBinary", out var ourBinary) && !SameBytes(binary.GetBytesFromBase64(), ourBinary.GetBytesFromBase64())) differences.Add($"{tag} bytes");
                continue;
            }

            var hasTheirs = property.Value.TryGetProperty("Value", out var values);
            var hasOurs = our.TryGetProperty("Value", out var ourValues);
            if (!hasTheirs && !hasOurs) continue;
            if (!hasTheirs || !hasOurs || values.GetArrayLength() != ourValues.GetArrayLength())
            {
                if (hasOurs == hasTheirs || !(hasOurs ? ourValues : values).EnumerateArray().All(IsEmpty)) differences.Add($"{tag} count");
                continue;
            }

            for (var i = 0; i < values.GetArrayLength(); i++)
            {
                if (theirVr == "SQ") Compare(values[i].ValueKind == JsonValueKind.Null ? Empty : values[i], ourValues[i], $"{tag}/{i}/", isExplicit, differences);
                else if (!Same(theirVr!, values[i], ourValues[i])) differences.Add($"{tag}[{i}] {values[i].GetRawText()} ≠ {ourValues[i].GetRawText()}");
            }
        }

        foreach (var property in ours.EnumerateObject())
            if (property.Name is not ("00080005" or "7FE00010" or "FFFCFFFC") && !theirs.TryGetProperty(property.Name, out _)) differences.Add($"{path}{property.Name} more");
    }

    private static JsonElement Empty { get; } = JsonDocument.Parse("{}").RootElement;

    private static bool Same(string vr, JsonElement theirs, JsonElement ours)
    {
        if (theirs.GetRawText() == ours.GetRawText()) return true;
        if (vr == "PN" && theirs.ValueKind == JsonValueKind.Object && ours.ValueKind == JsonValueKind.Object)
            return Group(theirs, "Alphabetic") == Group(ours, "Alphabetic") && Group(theirs, "Ideographic") == Group(ours, "Ideographic") && Group(theirs, "Phonetic") == Group(ours, "Phonetic");
        var (one, other) = (Text(theirs), Text(ours));
        if (one.Trim(' ', '\0') == other.Trim(' ', '\0')) return true;
        return double.TryParse(one, CultureInfo.InvariantCulture, out var a) && double.TryParse(other, CultureInfo.InvariantCulture, out var b)
            && (a.Equals(b) || (vr == "FL" && (float)a == (float)b) || Math.Abs(a - b) <= 1e-15 * Math.Abs(a));
    }

    private static bool IsEmpty(JsonElement value) => value.ValueKind == JsonValueKind.Null || (value.ValueKind == JsonValueKind.String && value.GetString()!.Trim(' ', '\0').Length == 0);

    /// <summary>dcmtk pads values of odd length.</summary>
    private static bool SameBytes(ReadOnlySpan<byte> theirs, ReadOnlySpan<byte> ours) => theirs.SequenceEqual(ours) || (theirs.StartsWith(ours) && theirs.Length - ours.Length == ours.Length % 2);

    private static string Group(JsonElement name, string group) => name.TryGetProperty(group, out var text) ? text.GetString()!.TrimEnd('^', ' ') : "";

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.ValueKind == JsonValueKind.Null ? "" : value.GetRawText();
}
