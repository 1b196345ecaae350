using System.Globalization;
using System.Text;
using Yunnao.Synthetic.Chance;
using Yunnao.Synthetic.People;
using Yunnao.Synthetic.Tables;

namespace Yunnao.Synthetic.Notes;

/// <summary>
/// Notes about residents of the city, made of the sentences of <c>standards/synthetic/notes.csv</c>, with the place of everything that
/// identifies a person: the truth for measuring de-identification. The same seed gives the same notes.
/// </summary>
public sealed class NoteMaker
{
    private static readonly DateOnly Start = new(2025, 1, 1);
    private static readonly string[] Complaints = ["咳嗽咳痰伴发热5天", "反复上腹痛3月", "胸闷气促1周", "停经39周", "头晕头痛半天", "腹泻水样便2天"];
    private static readonly string[] Occupations = ["退休", "农民", "职员", "教师", "司机", "学生"];
    private static readonly string[] Companies = ["江城机械有限公司", "武汉光谷第三小学", "汉阳造船集团", "东湖科技有限公司", "武昌实验中学"];
    private static readonly string[] Provinces = ["京", "沪", "粤", "苏", "鄂", "川"];
    private static readonly string[] First = ["James", "Mary", "Robert", "Patricia", "John", "Jennifer", "Michael", "Linda", "David", "Elizabeth", "Wei", "Xiaoming"];
    private static readonly string[] Last = ["Smith", "Johnson", "Williams", "Brown", "Jones", "Garcia", "Miller", "Davis", "O'Brien", "Zhang", "Li", "Chen"];
    private static readonly string[] EnglishStreets = ["Maple Street", "Oak Avenue", "Washington Blvd", "Park Road", "Elm St", "Lake Shore Drive"];
    private static readonly string[] Towns = ["Springfield, IL 62704", "Boston, MA 02118", "Austin, TX 78701"];

    private readonly Population _population;
    private readonly NameMaker _names;
    private readonly string[] _hospitals;
    private readonly Dictionary<(string Language, string Part), string[]> _lines;
    private readonly ulong _seed;

    /// <param name="tables">The folder standards/synthetic.</param>
    public NoteMaker(string tables, ulong seed)
    {
        _seed = seed;
        _population = new(tables, seed, Start, Start.AddYears(1));
        _names = new(tables);
        _hospitals = [.. Table.Read(tables, "institutions.csv").Lines().Select(l => l["name"])];
        _lines = Table.Read(tables, "notes.csv").Lines().GroupBy(l => (l["language"], l["part"])).ToDictionary(g => g.Key, g => g.Select(l => l["text"]).ToArray());
    }

    /// <summary>Notes, one for each of the first residents; one in eight is in English.</summary>
    public IEnumerable<Note> Make(long count)
    {
        foreach (var home in _population.Households(count))
        {
            foreach (var person in home.Members)
            {
                if (count-- <= 0) yield break;
                yield return Make(person);
            }
        }
    }

    private Note Make(Person person)
    {
        var dice = new Dice(_seed, (ulong)person.Number, 77);
        var language = dice.Chance(0.125) ? "en" : "zh";
        var relatives = person.Home.Members.Where(m => m != person).ToList();
        var draft = new Draft(dice, person, relatives);
        Append(draft, dice.Pick(_lines[(language, "head")]));
        for (var i = dice.Between(4, 9); i > 0; i--) Append(draft, dice.Pick(_lines[(language, "body")]));
        Append(draft, dice.Pick(_lines[(language, "tail")]));
        return new(draft.Text.ToString(), [person.Name, .. relatives.Select(r => r.Name), .. draft.Outside], draft.Truth);
    }

    private void Append(Draft draft, string line)
    {
        for (var at = 0; at < line.Length;)
        {
            var open = line.IndexOf('{', at);
            if (open < 0) open = line.Length;
            draft.Text.Append(line, at, open - at);
            if (open == line.Length) break;
            var close = line.IndexOf('}', open);
            var (kind, text) = Fill(draft, line[(open + 1)..close]);
            if (kind.Length > 0) draft.Truth.Add(new(draft.Text.Length, text.Length, kind));
            draft.Text.Append(text);
            at = close + 1;
        }

        draft.Text.Append('\n');
    }

    private (string Kind, string Text) Fill(Draft draft, string field)
    {
        var (dice, person) = (draft.Dice, draft.Person);
        var day = Start.AddDays(dice.Below(365));
        return field switch
        {
            "name" => ("name", person.Name),
            "given" when person.GivenName.Length > 1 => ("name", person.GivenName),
            "given" => ("name", person.Name),
            "surname" => ("name", person.Surname),
            "surname_other" => ("stranger", _names.Surname(dice)),
            "relative" => ("name", draft.Relative(_names)),
            "stranger" => ("stranger", Stranger(dice)),
            "sex" => ("", person.Female ? "女" : "男"),
            "age" => ("", $"{person.AgeOn(Start)}"),
            "bed" => ("", $"{dice.Between(1, 60)}"),
            "complaint" => ("", dice.Pick(Complaints)),
            "occupation" => ("", dice.Pick(Occupations)),
            "id" => ("id", person.IdNumber),
            "id_spaced" => ("id", $"{person.IdNumber[..6]} {person.IdNumber[6..14]} {person.IdNumber[14..]}"),
            "phone" => ("phone", person.Phone),
            "phone_spaced" => ("phone", $"{person.Phone[..3]}-{person.Phone[3..7]}-{person.Phone[7..]}"),
            "landline" => ("phone", dice.Chance(0.5) ? $"027-{dice.Between(80000000, 89999999)}" : $"(027){dice.Between(80000000, 89999999)}"),
            "address" => ("address", person.Home.Address),
            "address_short" => ("address", person.Home.DivisionName + person.Home.Street + person.Home.Road + person.Home.House),
            "city" => ("", "湖北"),
            "hospital" => ("institution", dice.Pick(_hospitals)),
            "company" => ("institution", dice.Pick(Companies)),
            "record" => ("number", Record(dice)),
            "date" => ("date", day.ToString("yyyy年M月d日", CultureInfo.InvariantCulture)),
            "date_dash" => ("date", day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
            "date_md" => ("date", day.ToString("M月d日", CultureInfo.InvariantCulture)),
            "date_ym" => ("", day.ToString("yyyy年M月", CultureInfo.InvariantCulture)),
            "date_long" => ("date", day.ToString("yyyy/M/d", CultureInfo.InvariantCulture)),
            "email" => ("email", $"{dice.Pick(First).ToLowerInvariant()}.{dice.Between(10, 999)}@example.com"),
            "plate" => ("plate", $"{dice.Pick(Provinces)}A{(dice.Chance(0.5) ? "·" : "")}{dice.Between(10000, 99999)}"),
            "wechat" => ("account", $"wx_{dice.Pick(Last).ToLowerInvariant().Replace("'", "", StringComparison.Ordinal)}{dice.Between(1000, 99999)}"),
            "en_name" => ("stranger", $"{dice.Pick(First)} {dice.Pick(Last)}"),
            "en_title" => ("", dice.Pick<string>(["Mr. ", "Mrs. ", "Dr. "])),
            "en_last" => ("stranger", dice.Pick(Last)),
            "en_date" => ("date", day.ToString("MM/dd/yyyy", CultureInfo.InvariantCulture)),
            "en_date_long" => ("date", day.ToString(dice.Chance(0.5) ? "MMMM d, yyyy" : "d MMMM yyyy", CultureInfo.InvariantCulture)),
            "en_phone" => ("phone", $"({dice.Between(201, 989)}) {dice.Between(201, 989)}-{dice.Between(1000, 9999)}"),
            "en_address" => ("address", $"{dice.Between(1, 9999)} {dice.Pick(EnglishStreets)}, {dice.Pick(Towns)}"),
            "ssn" => ("id", $"{dice.Between(100, 899)}-{dice.Between(10, 99)}-{dice.Between(1000, 9999)}"),
            _ => throw new InvalidDataException($"notes.csv: there is no field {{{field}}}."),
        };
    }

    private string Stranger(Dice dice) => _names.Surname(dice) + _names.Given(dice, dice.Chance(0.5) ? Sex.Female : Sex.Male, dice.Between(1960, 1998));

    private static string Record(Dice dice) => dice.Below(4) switch
    {
        0 => $"ZY{dice.Between(10000000, 99999999)}",
        1 => $"{dice.Between(100000, 9999999)}",
        2 => $"{dice.Between(2020, 2025)}{dice.Between(100000, 999999)}",
        _ => $"{(char)('A' + dice.Below(26))}{dice.Between(10000000, 999999999)}",
    };

    /// <summary>A note being written.</summary>
    private sealed record Draft(Dice Dice, Person Person, List<Person> Relatives)
    {
        public StringBuilder Text { get; } = new();

        public List<NoteSpan> Truth { get; } = [];

        /// <summary>Names of relatives who live elsewhere.</summary>
        public List<string> Outside { get; } = [];

        public string Relative(NameMaker names)
        {
            if (Relatives.Count > 0) return Dice.Pick(Relatives).Name;
            if (Outside.Count == 0) Outside.Add(names.Surname(Dice) + names.Given(Dice, Sex.Female, Dice.Between(1960, 1998)));
            return Outside[0];
        }
    }
}
