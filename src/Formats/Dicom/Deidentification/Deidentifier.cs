using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Yunnao.Formats.Dicom.Deidentification;

/// <summary>
/// De-identification after PS3.15 annex E: the basic profile with options, by the rules of <c>standards/dicom/deid.csv</c>. A pure
/// transformation: the same object, key and options give the same result, so references between objects of a study hold.
/// </summary>
/// <remarks>
/// Where the table leaves a choice to the type of the attribute (X/Z, X/D, Z/D, X/Z/D) the choice that every type allows is taken: an empty
/// element for X/Z, a dummy value otherwise; of sequences the items stay and are de-identified, but for X/Z they go, since most of these may be
/// absent and none of them empty. All private elements are removed, and with the pixels of an overlay the whole overlay.
/// </remarks>
public sealed class Deidentifier
{
    /// <summary>The one sequence with X/Z that may be empty and not absent: Acquisition Context Sequence (PS3.3 C.7.6.14).</summary>
    private static readonly DicomTag MayBeEmpty = new(0x0040_0555);
    private static readonly DicomTag LongitudinalModified = new(0x0028_0303);

    private readonly DeidRequest _request;
    private readonly IdentifyingText _identifying;
    private readonly int _days;
    private int _removed;
    private int _replaced;

    private Deidentifier(DicomDataSet set, DeidRequest request)
    {
        _request = request;
        _identifying = new IdentifyingText(set);
        _days = Shift(request, request.Subject ?? set.GetString(Tags.PatientId) ?? "");
    }

    /// <summary>The data set without the person.</summary>
    public static DeidentifiedObject Apply(DicomDataSet set, DeidRequest request)
    {
        if (request.Key.Length < 16) throw new ArgumentException("The key needs at least 16 bytes.", nameof(request));
        var run = new Deidentifier(set, request);
        var builder = run.Set(set);
        if (request.Pseudonym is { } pseudonym) builder.Set(Tags.PatientId, pseudonym).Set(Tags.PatientName, pseudonym);
        run.Declare(builder);
        return new(builder.Build(), run._removed, run._replaced, MayShowPerson(set));
    }

    /// <summary>True when an element of this tag stays as it is: nothing that leads to a person is in it.</summary>
    public static bool Keeps(DicomTag tag, DeidOptions options) => tag.Group % 2 == 0 && !IsOverlay(tag) && (DeidRule.Find(tag)?.Action(options) ?? "K") == "K";

    /// <summary>Days by which the dates of a subject go back: 1 to <see cref="DeidRequest.LargestShift"/>.</summary>
    public static int Shift(DeidRequest request, string subject)
    {
        Span<byte> hash = stackalloc byte[32];
        HMACSHA256.HashData(request.Key, Encoding.UTF8.GetBytes("shift " + subject), hash);
        return 1 + (int)(BinaryPrimitives.ReadUInt32BigEndian(hash) % (uint)Math.Max(1, request.LargestShift));
    }

    /// <summary>True when the pixels of an object may name or show the person.</summary>
    public static bool MayShowPerson(DicomDataSet set)
    {
        if (set.GetString(Tags.BurnedInAnnotation) is { } said) return said != "NO";
        return set.GetString(Tags.Modality) is "US" or "SC" or "OT" or "ES" or "XC" or "GM" or "SM" or "OP" or "RG" or "DOC";
    }

    private DicomBuilder Set(DicomDataSet set)
    {
        var builder = DicomBuilder.From(set);
        foreach (var element in set)
        {
            if (element.Tag.IsGroupLength) continue;
            if (element.Tag.Group % 2 == 1 || IsOverlay(element.Tag))
            {
                builder.Remove(element.Tag);
                _removed++;
                continue;
            }

            var action = DeidRule.Find(element.Tag)?.Action(_request.Options) ?? "K";
            if (action == "X" || (action == "X/Z" && element.IsSequence && element.Tag != MayBeEmpty))
            {
                builder.Remove(element.Tag);
                _removed++;
            }
            else if (element.IsSequence)
            {
                Sequence(builder, element, action);
            }
            else if (action != "K")
            {
                Value(builder, element, action);
            }
        }

        return builder;
    }

    private static bool IsOverlay(DicomTag tag) => (tag.Group & 0xFF00) == 0x6000;

    private void Sequence(DicomBuilder builder, DicomElement element, string action)
    {
        if (action is "Z" or "X/Z")
        {
            builder.SetItems(element.Tag);
            _replaced++;
            return;
        }

        builder.SetItems(element.Tag, element.Items.Select(i => Set(i).Build()).ToArray());
    }

    private void Value(DicomBuilder builder, DicomElement element, string action)
    {
        if (element.IsEmpty) return;
        if (element.IsEncapsulated || element.IsDeferred || element.Vr.IsBulk())
        {
            // What cannot be read cannot be cleaned.
            builder.Remove(element.Tag);
            _removed++;
            return;
        }

        _replaced++;
        if (action is "U" or "X/Z/U*" || (element.Vr == Vr.UI && action is not ("Z" or "X/Z"))) builder.Set(element.Tag, Vr.UI, [.. element.Strings().Select(u => UidPseudonym.Of(u, _request.Key))]);
        else if (action == "C") Clean(builder, element);
        else if (action is "Z" or "X/Z") builder.SetBytes(element.Tag, element.Vr, default);
        else Dummy(builder, element.Tag, element.Vr, element.Value.Length);
    }

    private void Clean(DicomBuilder builder, DicomElement element)
    {
        var vr = element.Vr;
        if (vr is Vr.DA or Vr.DT) builder.Set(element.Tag, vr, [.. element.Strings().Select(d => Shifted(d, vr))]);
        else if (vr == Vr.TM) builder.SetBytes(element.Tag, vr, element.Value);
        else if (vr is Vr.AS or Vr.DS or Vr.IS or Vr.CS || vr.IsNumber()) builder.SetBytes(element.Tag, vr, element.Value);
        else if (vr == Vr.PN) Dummy(builder, element.Tag, vr, 0);
        else builder.Set(element.Tag, vr, [.. element.Strings().Select(_identifying.Clean)]);
    }

    /// <summary>A date or date and time, as many days earlier; empty when it cannot be read.</summary>
    private string Shifted(string text, Vr vr)
    {
        if (!DicomTime.TryParseDate(text, out var date)) return "";
        if (date.DayNumber < _days) return "";
        var shifted = date.AddDays(-_days).ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        return vr == Vr.DT && text.Length > 8 ? shifted + text[8..] : shifted;
    }

    private static void Dummy(DicomBuilder builder, DicomTag tag, Vr vr, int length)
    {
        var text = vr switch
        {
            Vr.DA => "19000101",
            Vr.DT => "19000101000000",
            Vr.TM => "000000",
            Vr.AS => "000Y",
            Vr.DS or Vr.IS => "0",
            Vr.PN => "Anonymous",
            Vr.UR => "urn:anonymous",
            _ when vr.IsText() => "ANONYMOUS",
            _ => null,
        };
        if (text is not null) builder.Set(tag, vr, text);
        else builder.SetBytes(tag, vr, new byte[Math.Min(length, 64)]);
    }

    /// <summary>E.1.1: what was done is said in the object, with the codes of CID 7050.</summary>
    private void Declare(DicomBuilder builder)
    {
        var options = _request.Options;
        var methods = new List<(string Code, string Meaning)> { ("113100", "Basic Application Confidentiality Profile") };
        void Add(DeidOptions option, string code, string meaning)
        {
            if ((options & option) != 0) methods.Add((code, meaning));
        }

        Add(DeidOptions.CleanGraphics, "113103", "Clean Graphics Option");
        Add(DeidOptions.CleanStructured, "113104", "Clean Structured Content Option");
        Add(DeidOptions.CleanDescriptors, "113105", "Clean Descriptors Option");
        Add(DeidOptions.RetainFullDates, "113106", "Retain Longitudinal Temporal Information Full Dates Option");
        Add(DeidOptions.ShiftDates, "113107", "Retain Longitudinal Temporal Information Modified Dates Option");
        Add(DeidOptions.RetainPatient, "113108", "Retain Patient Characteristics Option");
        Add(DeidOptions.RetainDevice, "113109", "Retain Device Identity Option");
        Add(DeidOptions.RetainUids, "113110", "Retain UIDs Option");
        Add(DeidOptions.RetainInstitution, "113112", "Retain Institution Identity Option");
        builder.Set(Tags.PatientIdentityRemoved, "YES");
        builder.Set(Tags.DeidentificationMethod, "PS3.15 E");
        builder.SetItems(Tags.DeidentificationMethodCodeSequence, methods.Select(m => new DicomBuilder()
            .Set(new DicomTag(0x0008_0100), m.Code).Set(new DicomTag(0x0008_0102), "DCM").Set(new DicomTag(0x0008_0104), m.Meaning).Build()).ToArray());
        var dates = (options & DeidOptions.RetainFullDates) != 0 ? "UNMODIFIED" : (options & DeidOptions.ShiftDates) != 0 ? "MODIFIED" : "REMOVED";
        builder.Set(LongitudinalModified, dates);
    }
}
